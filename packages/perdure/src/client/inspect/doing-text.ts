import { notTaken, unserved } from "../../core/waiting/not-taken.ts";
import { TAKEN_WITHIN_MS, workOf } from "../../core/waiting/reason-text.ts";
import type { Step } from "../waiting-for.ts";
import { divergenceOf } from "./divergence.ts";
import { oneLine } from "./preview.ts";
import type { Doing, InspectedStop, Wait } from "./types.ts";

type Line = Pick<Doing, "kind" | "text" | "dueAt"> & Partial<Pick<Doing, "since">>;

/** Of one that has not ended. Times are beside the text, so that who shows it can say them in words. */
export function doingText({ facts, explained }: Step, waits: readonly Wait[]): Line {
  const { state, since, owner } = explained.waitingFor;
  switch (state) {
    case "stopped":
      return { kind: "stopped", text: facts.row.stopped === null ? "is stopped" : stopText(facts.row.stopped), dueAt: null };
    case "suspended": {
      const last = facts.history.findLast((event) => event.kind === "ExecutionSuspended");
      return { kind: "suspended", text: last?.reason == null ? "suspended" : `suspended: ${oneLine(last.reason)}`, dueAt: null };
    }
    case "scheduled":
      return { kind: "scheduled", text: "waits for its start", dueAt: facts.state.startAt };
    case "ready": {
      const isLate = facts.now - since.getTime() >= TAKEN_WITHIN_MS || unserved(facts.workers, workOf(facts)) !== null;
      return { kind: "unknown", text: `waits for a worker${isLate ? `: ${notTaken(facts.workers, workOf(facts))}` : ""}`, dueAt: null };
    }
    case "owned":
      return owner?.alive === true
        ? { kind: "runs", text: `its code runs, or is in line, at worker ${owner.worker}`, dueAt: null }
        : { kind: "unknown", text: `was with worker ${owner?.worker}, which is gone`, dueAt: null };
    case "waiting":
      return waitingText(explained.waitingFor.children.length, facts, waits);
  }
}

/** The first kind of which there is one: what continues by itself comes before an event that a person has to raise. A timer beside it is when it ends. */
function waitingText(children: number, { history, state }: Step["facts"], waits: readonly Wait[]): Line {
  const timer = waits.find(({ kind }) => kind === "timer");
  const dueAt = timer?.nextAt ?? null;
  const first = firstOf(waits);
  if (first === undefined)
    return state.entity === null
      ? { kind: "unknown", text: "waits for an external event", dueAt: null }
      : { kind: "unknown", text: "waits for messages", dueAt: null };
  const { kind, name, since, worker, attempt, last } = first;
  const others = waits.filter((wait) => wait.kind === kind).length - 1;
  const more = others > 0 ? ` and ${others} more` : "";
  const line = { since, dueAt };
  switch (kind) {
    case "activity": {
      const said = activityText(first, more);
      return { ...line, ...said, text: `${said.text}${attempt === null || attempt === 1 ? "" : `, attempt ${attempt}`}` };
    }
    case "retry":
      return { ...line, kind, text: `${name} fails, attempt ${attempt} follows${last === null ? "" : ` · ${last}`}`, dueAt: first.nextAt };
    case "event":
      return { ...line, kind, text: `waits for event ${name}${more}` };
    case "child": {
      const begun = history.reduce((sum, event) => sum + (event.kind === "SubOrchestrationInstanceCreated" ? 1 : 0), 0);
      const text = begun > 1 && children > 0 ? `waits for ${state.children.size} of ${begun} children` : `waits for ${name}`;
      return { ...line, kind, text };
    }
    case "entity":
      return { ...line, kind, text: `waits for ${name}${more}` };
    case "lock":
      return { ...line, kind, text: `waits for the ${lockText(state.lock?.entities ?? [name])}` };
    case "timer":
      return { ...line, kind, text: "sleeps" };
    case "message":
      return { ...line, kind, text: `has a message to read${worker === null ? "" : ` at worker ${worker}`}` };
  }
}

/** Which of them is taken stands in the rows of the entities: for a line of a list they are not read. */
const lockText = ([first, ...others]: readonly string[]): string =>
  others.length === 0 ? `lock of ${first}` : `locks of ${first} and ${others.length} more`;

/** Why it stands still. */
export function stopText(stopped: InspectedStop): string {
  const { seq, asked, recorded } = divergenceOf(stopped) ?? { seq: null };
  return seq === null
    ? `${stopped.code}: ${oneLine(stopped.message)}`
    : `the code does not fit the history at event ${seq + 1} · asks for ${withoutNumber(asked)}, where ${withoutNumber(recorded)} was recorded`;
}

const withoutNumber = (call: string | null = null): string => (call ?? "nothing").replace(/ as action \d+$/, "");

const ORDER: readonly Wait["kind"][] = ["activity", "retry", "child", "lock", "entity", "event", "timer", "message"];

const firstOf = (waits: readonly Wait[]): Wait | undefined => ORDER.flatMap((kind) => waits.find((wait) => wait.kind === kind) ?? []).at(0);

function activityText({ name, state, worker }: Wait, more: string): Pick<Line, "kind" | "text"> {
  switch (state) {
    case "running":
      return { kind: "runs", text: `runs ${name} at worker ${worker}${more}` };
    case "with its owner":
      return {
        kind: "activity",
        text: worker === null ? `is to run ${name}${more}` : `${name} runs or is in line at worker ${worker}${more}`,
      };
    default:
      return { kind: "activity", text: `${name}${more}: ${state}` };
  }
}
