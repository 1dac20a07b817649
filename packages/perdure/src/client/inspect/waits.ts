import type { WaitFacts } from "../../core/waiting/facts.ts";
import { heldText } from "../../core/waiting/held-text.ts";
import { notTaken } from "../../core/waiting/not-taken.ts";
import type { OpenTimerWait } from "../../core/waiting/open-waits.ts";
import { slotText } from "../../core/waiting/reason-text.ts";
import { assertNever } from "../../model/assert-never.ts";
import { functionKey } from "../../model/function-name.ts";
import type { EventId } from "../../model/ids.ts";
import { isTerminal } from "../../model/status.ts";
import { isoTime } from "../../model/time.ts";
import type { OpenActivity, OpenChild, OpenEntityWait, OpenEventWait, UnawaitedEvent } from "../../model/waiting-for.ts";
import { LONGEST_LIST } from "../../model/waiting-for.ts";
import type { Step } from "../waiting-for.ts";
import { oneLine } from "./preview.ts";
import type { Outlook, Wait } from "./types.ts";

/** For this long an activity may be in line without that anyone need look. */
const LONG_LINE_MS = 60_000;

/** What is told of one instance, and what a person can do about it. */
export interface Verdict {
  readonly outlook: Outlook;
  readonly advice: string | null;
}

/** The instance that was followed, and what is to be said of it. */
export interface Behind extends Verdict {
  readonly id: string;
  /** The one on the way that the advice is about. */
  readonly of: string;
}

const NONE = { eventId: null, attempt: null, of: null, nextAt: null, worker: null, instanceId: null, last: null } as const;

/** All that one instance waits for, as far as its lists go. */
export function waitsOf({ facts, explained }: Step, behind: Behind | null): readonly Wait[] {
  const { activities, events, children, entities, unawaited } = explained.waitingFor;
  const failures = lastFailures(facts);
  return [
    ...activities.map((activity) => activityWait(facts, activity, failures.get(activity.id) ?? null)),
    ...explained.open.timers.slice(0, LONGEST_LIST).map(timerWait),
    ...events.map((event) => eventWait(facts, event, unawaited)),
    ...children.map((child) => childWait(child, behind)),
    ...entities.map((entity) => entityWait(entity, behind)),
  ];
}

function activityWait(facts: WaitFacts, activity: OpenActivity, last: string | null): Wait {
  const { id, name, attempt, where, worker, since } = activity;
  const [outlook, text] = activityState(facts, activity);
  const failed = last === null ? "" : ` The attempt before failed: ${last}`;
  const common = { ...NONE, eventId: id, name, attempt, worker, since: since.getTime(), state: where, last };
  return { ...common, kind: "activity", outlook: outlook === "fine" && attempt > 1 ? "attention" : outlook, text: `${text}${failed}` };
}

function activityState(facts: WaitFacts, { id, name, where, worker, since, slot, held }: OpenActivity): readonly [Outlook, string] {
  if (held !== null) return ["attention", `"${name}" ${heldText(held)} at worker ${worker}.`];
  const host = facts.workers.find((one) => one.worker === worker)?.host ?? "gone";
  switch (where) {
    case "with its owner":
      return ["fine", worker === null ? `"${name}" is to run.` : `"${name}" runs or is in line at worker ${worker} (${host}).`];
    case "running":
      return ["fine", `"${name}" runs at worker ${worker} (${host}).`];
    case "no free slot":
      return ["fine", `"${name}" waits for ${slot === null ? "a free slot" : slotText(slot)}.`];
    case "alone":
    case "in line":
    case "no worker has it": {
      const { version = null, deaths = facts.row.deaths } = facts.tasks.get(id as EventId) ?? {};
      const text = `No worker has taken "${name}": ${notTaken(facts.workers, { kind: "activity", name, version, deaths })}.`;
      if (where === "no worker has it") return ["stuck", text];
      return [where === "alone" || facts.now - since.getTime() > LONG_LINE_MS ? "attention" : "fine", text];
    }
    default:
      return assertNever(where);
  }
}

function timerWait({ created, retry }: OpenTimerWait): Wait {
  const due = isoTime(created.fireAt);
  const common = { ...NONE, eventId: created.id, since: created.ts, nextAt: created.fireAt };
  if (retry === null) return { ...common, kind: "timer", name: "timer", state: "not due", outlook: "fine", text: `It is due at ${due}.` };
  const last = retry.failure === null ? null : oneLine(retry.failure);
  const after = last === null ? "" : ` It failed: ${last}`;
  const text = `Attempt ${retry.attempt} of "${retry.name}" begins at ${due}.${after}`;
  return { ...common, kind: "retry", name: retry.name, state: "paused", outlook: "attention", text, attempt: retry.attempt, last };
}

function eventWait({ unread: inbox }: WaitFacts, { name, since }: OpenEventWait, unawaited: readonly UnawaitedEvent[]): Wait {
  const common = { ...NONE, kind: "event", name, since: since.getTime() } as const;
  const key = functionKey(name);
  const unread = inbox.find((message) => message.name !== null && functionKey(message.name) === key);
  if (unread !== undefined) {
    const text = `The event "${name}" came at ${isoTime(unread.since)}, and was not taken yet.`;
    return { ...common, state: "in the inbox", outlook: "fine", text };
  }
  const other = unawaited.findLast(({ nearest }) => nearest === name) ?? null;
  if (other === null) return { ...common, state: "not raised", outlook: "fine", text: `The event "${name}" was not raised.` };
  const text = `The event "${name}" was not raised; "${other.name}" was, at ${isoTime(other.since.getTime())}, for which it does not wait.`;
  return { ...common, state: "not raised", outlook: "attention", text };
}

function childWait({ id, instanceId, name, status, since }: OpenChild, behind: Behind | null): Wait {
  const common = { ...NONE, kind: "child", eventId: id, name, instanceId, since: since.getTime() } as const;
  if (status === null)
    return { ...common, state: "not found", outlook: "stuck", text: `There is no instance "${instanceId}" in the store.` };
  if (isTerminal(status))
    return { ...common, state: status, outlook: "fine", text: `"${instanceId}" has ended, and its answer is on the way.` };
  const own: Outlook = status === "Suspended" ? "attention" : "fine";
  const outlook = behind?.id === instanceId ? behind.outlook : own;
  return { ...common, state: status, outlook, text: `"${instanceId}" has not ended (${status}).` };
}

function entityWait({ id, entity, operation, lockedBy, held, since }: OpenEntityWait, behind: Behind | null): Wait {
  const isFollowed = behind !== null && behind.id === (lockedBy ?? entity);
  const by = lockedBy === null ? "" : `, which "${lockedBy}" has locked`;
  const line = held === 0 ? "" : ` ${held === 1 ? "One message waits" : `${held} messages wait`} there.`;
  return {
    ...{ ...NONE, eventId: id, name: entity, since: since.getTime(), instanceId: lockedBy ?? entity },
    kind: operation === null ? "lock" : "entity",
    state: lockedBy === null ? "asked" : "locked",
    outlook: isFollowed ? behind.outlook : "fine",
    text: `It waits for ${operation === null ? "the lock" : `operation "${operation}"`} of ${entity}${by}.${line}`,
  };
}

/** Of each attempt that is open: what the one before it failed with. */
function lastFailures({ history }: WaitFacts): ReadonlyMap<number, string> {
  const firstOf = new Map<number, number>();
  const failed = new Map<number, string>();
  const before = new Map<number, string>();
  for (const event of history) {
    if (event.kind === "TaskScheduled") {
      const first = event.retry?.of ?? event.id;
      firstOf.set(event.id, first);
      const failure = failed.get(first);
      if (failure !== undefined) before.set(event.id, failure);
    } else if (event.kind === "TaskFailed") failed.set(firstOf.get(event.taskId) ?? event.taskId, oneLine(event.failure.message));
  }
  return before;
}
