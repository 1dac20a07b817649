import { assertNever } from "../../model/assert-never.ts";
import { versionText } from "../../model/versions.ts";
import { visible } from "../../model/visible-text.ts";
import { counted, jsonLine } from "../render.ts";
import type { CheckResult, Found, PatchUse } from "./check.ts";

/** Exit code 0: everything replays. */
export const isClean = ({ found, missing }: CheckResult): boolean => found.length + missing.length === 0;

const canGo = ({ without }: PatchUse): boolean => without === 0;

export function reportText(result: CheckResult): string {
  const { found, missing, patches } = result;
  const lines = [
    ...found.map((one) => `✖ ${visible(foundText(one))}`),
    ...missing.map(({ kind, name, instances }) => `✖ The app has no ${kind} "${visible(name)}": ${counted(instances, "instance")}`),
    ...patches.filter(canGo).map(patchText),
    isClean(result) ? `✔ ${checkedText(result)}: the code asks for what was recorded.` : summary(result),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

const checkedText = ({ replayed, states }: CheckResult): string =>
  `${counted(replayed, "instance")} replayed${states === 0 ? "" : `, ${counted(states, "state")} of entities loaded`}`;

const summary = (result: CheckResult): string =>
  `${checkedText(result)}: ${counted(result.found.length, "difference")}, ${counted(result.missing.length, "missing function")}.`;

const patchText = ({ orchestrator, patch, taken }: PatchUse): string =>
  `ctx.patched("${visible(patch)}") of "${visible(orchestrator)}" can go: each of ${counted(taken, "instance")} that reached it has taken it.`;

export function foundText({ instanceId, name, version, finding }: Found): string {
  const who = `${instanceId} "${name}", ${version === null ? "no version" : `version ${version}`}`;
  switch (finding.kind) {
    case "diverged": {
      const { position, recorded, asked, place } = finding.divergence;
      return `${who}, event ${position}: recorded ${recorded}, asked for ${asked}${place === null ? "" : ` ${place}`}`;
    }
    case "missing":
      return `${who}: the app has no such orchestrator`;
    case "notTaken":
      return `${who}: the app takes no instance with ${versionText(finding.version)}`;
    case "stopped":
      return `${who}: ${finding.code}: ${finding.message}`;
    case "stateRefused":
      return `${instanceId}: its stored state: ${finding.message}`;
    case "unreadable":
      return `${who}: its history cannot be read: ${finding.message}`;
    default:
      return assertNever(finding);
  }
}

/** `{ replayed, states, differences: [{ instanceId, name, version, kind, event?, recorded?, asked?, file?, line?, … }], missing, patches }`. */
export const reportJson = ({ replayed, states, found, missing, patches }: CheckResult): string =>
  jsonLine({
    replayed,
    states,
    differences: found.map(differenceJson),
    missing,
    patches: patches.map((use) => ({ ...use, canGo: canGo(use) })),
  });

export function differenceJson({ instanceId, name, version, finding }: Found): { readonly [field: string]: unknown } {
  const who = { instanceId, name, version, kind: finding.kind };
  switch (finding.kind) {
    case "diverged": {
      const { position, recorded, asked, place } = finding.divergence;
      return { ...who, event: position, recorded, asked, ...placeJson(place) };
    }
    case "stopped":
      return { ...who, code: finding.code, message: finding.message };
    case "stateRefused":
    case "unreadable":
      return { ...who, message: finding.message };
    case "missing":
    case "notTaken":
      return who;
    default:
      return assertNever(finding);
  }
}

/** `isAfter`: the code asked for nothing where it should; the line is the last that asked for anything. */
function placeJson(place: string | null): object {
  const found = place === null ? null : /^(at|after) (.*):(\d+)$/.exec(place);
  return found === null ? { file: null, line: null } : { file: found[2], line: Number(found[3]), isAfter: found[1] === "after" };
}
