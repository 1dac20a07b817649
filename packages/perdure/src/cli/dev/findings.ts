import { counted } from "../render.ts";
import type { Found } from "../replay-check/check.ts";
import { differenceJson, foundText } from "../replay-check/report.ts";
import type { DevLog } from "./dev-log.ts";
import type { OpenCheck } from "./open-check.ts";

/** Lines for one kind of finding; the rest is counted. */
const MOST_LINES = 10;

const ADVICE =
  "An orchestrator may depend on its input and on results of ctx, and on nothing else: no clock, chance, variables of the module or environment.";

/** What replays have found, in words. */
export class Findings {
  readonly #log: DevLog;
  /** Of code that is not deterministic, by what was found: each place once, until other code is loaded. */
  readonly #told = new Set<string>();

  constructor(log: DevLog) {
    this.#log = log;
  }

  /** An instance that has just run does otherwise when it is repeated by the same code. */
  notRepeated(found: Found): void {
    const { finding } = found;
    const place = finding.kind === "diverged" ? `${finding.divergence.place} ${finding.divergence.asked}` : finding.kind;
    const key = `${found.name} ${place}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const message = `Not deterministic: repeated from its history, ${foundText(found)}. ${ADVICE}`;
    this.#log.say("warn", "dev.not-deterministic", message, fieldsOf(found));
  }

  reloaded(): void {
    this.#told.clear();
  }

  /** Open instances that the code which was loaded does not continue. */
  checked(result: OpenCheck, milliseconds: number): void {
    const { found, missing, replayed, states, isPart } = result;
    for (const one of found.slice(0, MOST_LINES))
      this.#log.say(
        "warn",
        "dev.does-not-fit",
        `The new code does not fit ${foundText(one)}. ${one.finding.kind === "stateRefused" ? "Its next operation fails." : "It stops there when it runs next."}`,
        fieldsOf(one),
      );
    for (const { kind, name, instances } of missing)
      this.#log.say(
        "warn",
        "dev.function-missing",
        `The app has no ${kind} "${name}" any more, and ${counted(instances, "instance")} would need it.`,
        { kind, name, instances },
      );
    if (replayed + states === 0) return;
    const more = found.length > MOST_LINES ? `, of which ${MOST_LINES} are shown` : "";
    const what = `${isPart ? "the newest " : ""}${counted(replayed, "open instance")}${states === 0 ? "" : ` and ${counted(states, "state")} of entities`}`;
    const outcome =
      found.length + missing.length === 0
        ? "all fit"
        : `${counted(found.length, "difference")}${more}, ${counted(missing.length, "missing function")}`;
    const message = `Checked with the new code in ${milliseconds} ms: ${what}: ${outcome}.`;
    this.#log.say("info", "dev.checked", message, {
      replayed,
      states,
      differences: found.length,
      missing: missing.length,
      isPart,
      milliseconds,
    });
  }
}

function fieldsOf(found: Found): { readonly [field: string]: unknown } {
  const { kind, ...fields } = differenceJson(found);
  return { difference: kind, ...fields };
}
