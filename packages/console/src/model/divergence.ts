import type { CodeSite, Divergence, HistoryItem, WireEvent } from "../api/wire.ts";
import { durationText } from "./durations.ts";

/** A line of the two lists: what the history has, and what the code asks for. */
export interface AskedLine {
  /** Position in the history; null: none. */
  readonly seq: number | null;
  readonly text: string;
  readonly mark: "" | "del" | "add" | "faint";
}

export interface Misfit {
  readonly seq: number;
  readonly recorded: string;
  readonly asked: string;
  readonly site: CodeSite | null;
  readonly at: number | null;
  readonly left: readonly AskedLine[];
  readonly right: readonly AskedLine[];
}

const BEFORE = 3;

/** Of an instance whose code asks for something else than its history has. Null: what that is was not understood. */
export function misfitOf({ recorded, asked, seq, site }: Divergence, history: readonly HistoryItem[]): Misfit | null {
  if (seq === null || asked === null || recorded === null) return null;
  const before = history.filter((item) => item.seq < seq && label(item.event) !== null).slice(-BEFORE);
  const here = history.find((item) => item.seq === seq);
  const next = history.find((item) => item.seq > seq && label(item.event) !== null);
  const same = before.map(({ seq: at, event }): AskedLine => ({ seq: at, text: label(event) ?? "", mark: "" }));
  const isExtra = recorded.startsWith("nothing");
  return {
    seq,
    recorded: plain(recorded),
    asked: plain(asked),
    site,
    at: here?.event.ts ?? null,
    left: [
      ...same,
      { seq: isExtra ? null : seq, text: isExtra ? "nothing more" : ((here && label(here.event)) ?? plain(recorded)), mark: "del" },
      ...(next === undefined ? [] : [{ seq: next.seq, text: label(next.event) ?? "", mark: "faint" } as const]),
    ],
    right: [...same, { seq, text: plain(asked), mark: "add" }, { seq: null, text: "…", mark: "faint" }],
  };
}

/** `activity "ChargeCard" as action 4` → `activity ChargeCard`. */
const plain = (text: string): string => text.replace(/ as action \d+/, "").replaceAll('"', "");

/** What an orchestrator has asked for; null: the event is no such thing. */
function label(event: WireEvent): string | null {
  switch (event.kind) {
    case "TaskScheduled":
      return `activity ${event.name}`;
    case "SubOrchestrationInstanceCreated":
      return `${event.fireAndForget ? "start of orchestration" : "sub-orchestration"} ${event.name}`;
    case "TimerCreated":
      return event.retryOf === undefined
        ? `timer ${durationText(event.fireAt - event.ts)}`
        : `pause ${durationText(event.fireAt - event.ts)}`;
    case "EventSent":
      return `event ${event.name} to ${event.instanceId}`;
    case "EntityOperationCalled":
      return `operation ${event.operation} of ${event.instanceId}`;
    case "EntityOperationSignaled":
      return `signal ${event.operation} to ${event.instanceId}`;
    case "EntityLockRequested":
      return `lock of ${event.entities.join(", ")}`;
    default:
      return null;
  }
}

const CALLS: readonly (readonly [RegExp, string])[] = [
  [/^activity (\w+)/, "callActivity"],
  [/^sub-orchestration (\w+)/, "callSubOrchestrator"],
];

/** Code that asks for it only in instances which begin with it: with the patch named after what is new. */
export function guardOf(asked: string): readonly string[] {
  for (const [pattern, call] of CALLS) {
    const [, name] = pattern.exec(asked) ?? [];
    if (name === undefined) continue;
    const patch = name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    const variable = name.charAt(0).toLowerCase() + name.slice(1);
    return [`if (ctx.patched("${patch}")) {`, `  await ctx.${call}(${variable}, …);`, "}"];
  }
  return ['if (ctx.patched("what-is-new")) {', "  // what is new", "}"];
}
