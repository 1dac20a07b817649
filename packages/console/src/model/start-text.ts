import type { StartRequest } from "../api/wire.ts";
import { shellCommand } from "./commands.ts";
import { faultText, payloadFault } from "./json-fault.ts";

/** As it is typed; an empty field is none. */
export interface StartFields {
  readonly name: string;
  readonly input: string;
  readonly instanceId: string;
  readonly version: string;
  /** `key:value` or `key`, with commas. */
  readonly tags: string;
  /** As `datetime-local` has it, in the zone of the browser. */
  readonly startAt: string;
}

export const NO_FIELDS: StartFields = { name: "", input: "", instanceId: "", version: "", tags: "", startAt: "" };

/** Why it cannot be sent; null: it can. */
export function startProblem({ name, input }: StartFields): string | null {
  if (name === "") return "Choose an orchestrator.";
  const fault = payloadFault(input);
  return fault === null ? null : faultText(fault);
}

/** What is wrong with the tags; null: nothing. */
export function tagsProblem(tags: string): string | null {
  const pairs = pairsOf(tags);
  if (pairs.some(([key]) => key === "")) return "A tag has a name before its colon.";
  const twice = pairs.find(([key], at) => pairs.findIndex(([other]) => other === key) < at);
  return twice === undefined ? null : `The tag ${twice[0]} is there twice.`;
}

export function startRequest({ name, input, instanceId, version, tags, startAt }: StartFields): StartRequest {
  const pairs = tagsOf(tags);
  return {
    name,
    ...(input.trim() === "" ? {} : { input }),
    ...(instanceId.trim() === "" ? {} : { instanceId: instanceId.trim() }),
    ...(version.trim() === "" ? {} : { version: version.trim() }),
    ...(Object.keys(pairs).length === 0 ? {} : { tags: pairs }),
    ...(startAt === "" ? {} : { startAt: new Date(startAt).getTime() }),
  };
}

/** Without those that have no name. */
export const tagsOf = (text: string): Readonly<Record<string, string>> => Object.fromEntries(pairsOf(text).filter(([key]) => key !== ""));

function pairsOf(text: string): readonly (readonly [key: string, value: string])[] {
  const parts = text.split(",").map((part) => part.trim());
  return parts
    .filter((part) => part !== "")
    .map((part) => {
      const [key = "", ...value] = part.split(":");
      return [key.trim(), value.join(":").trim()];
    });
}

/** The same for a shell; null: a tag has an equals sign in its name, which the command line takes for the end of it. */
export function startCommand(fields: StartFields): string | null {
  const { name, input, instanceId, version, tags = {}, startAt } = startRequest(fields);
  const pairs = Object.entries(tags);
  if (pairs.some(([key]) => key.includes("="))) return null;
  return shellCommand(
    "perdure start-new",
    [name],
    [
      ["--id", instanceId],
      ["--version", version],
      ["--tag", pairs.map(([key, value]) => `${key}=${value}`).join(",")],
      ["--start-at", startAt === undefined ? undefined : new Date(startAt).toISOString()],
      ["--input", input],
    ],
  );
}
