import type { HistoryItem, WireEvent } from "../api/wire.ts";
import { bytesText, durationText, preciseText } from "./durations.ts";
import { eventNo } from "./event-no.ts";
import { versionText } from "./function-text.ts";
import type { Zone } from "./time-text.ts";
import { dayText } from "./time-text.ts";
import { split } from "./timeline.ts";

/** A line of the history, as it is listed. */
export interface HistoryRow {
  readonly seq: number;
  readonly kind: WireEvent["kind"];
  readonly at: number;
  readonly episode: number;
  /** Function, event, entity or timer that it is about. */
  readonly of: string;
  /** The event that it answers; null: none, or it is not loaded. */
  readonly ofSeq: number | null;
  readonly details: string;
  /** Since what it answers, `+2.91 s`; or empty. */
  readonly after: string;
  readonly isFailed: boolean;
  /** It says something that a person looks for: all but where episodes begin and end. */
  readonly matters: boolean;
  readonly item: HistoryItem;
}

export interface Episode {
  readonly number: number;
  readonly at: number;
  /** Why it began: `ReserveStock completed`. */
  readonly because: string;
  readonly rows: readonly HistoryRow[];
}

/** What each line says. `history` may be a part: what a line answers is named if it is there. */
export function historyRows(history: readonly HistoryItem[], now: number, zone: Zone = "local"): readonly HistoryRow[] {
  const asked = new Map<number, HistoryItem>();
  const timers = new Map<number, HistoryItem>();
  let episode = 1;
  let isOpen = true;
  return history.map((item) => {
    const { event } = item;
    if (event.kind === "TimerCreated") timers.set(event.id, item);
    if ("id" in event) asked.set(event.id, item);
    // What comes in between two episodes begins the next one.
    if (!isOpen && event.kind !== "ExecutionCompleted" && event.kind !== "ContinueAsNew") {
      isOpen = true;
      episode++;
    }
    const row = rowOf(item, { asked, timers, episode, now, zone });
    if (event.kind === "OrchestratorCompleted") isOpen = false;
    return row;
  });
}

interface Known {
  readonly asked: ReadonlyMap<number, HistoryItem>;
  readonly timers: ReadonlyMap<number, HistoryItem>;
  readonly episode: number;
  readonly now: number;
  readonly zone: Zone;
}

function rowOf(item: HistoryItem, known: Known): HistoryRow {
  const { seq, event } = item;
  const answered = answeredBy(event, known);
  return {
    seq,
    kind: event.kind,
    at: event.ts,
    episode: known.episode,
    of: subject(event, answered?.event, known),
    ofSeq: answered?.seq ?? null,
    details: details(event, answered?.event, known),
    after: answered === undefined ? "" : `+${preciseText(event.ts - answered.event.ts)}`,
    isFailed: "failure" in event && event.failure !== undefined,
    matters: event.kind !== "OrchestratorStarted" && event.kind !== "OrchestratorCompleted" && event.kind !== "MessageIdsKept",
    item,
  };
}

function answeredBy(event: WireEvent, { asked, timers }: Known): HistoryItem | undefined {
  if ("taskId" in event) return asked.get(event.taskId);
  if ("timerId" in event) return timers.get(event.timerId);
  return "lockId" in event ? asked.get(event.lockId) : undefined;
}

function subject(event: WireEvent, answered: WireEvent | undefined, known: Known): string {
  if (event.kind === "ExecutionStarted") return event.version === null ? event.name : `${event.name} ${versionText(event.version)}`;
  if (event.kind === "TimerCreated" || event.kind === "TimerFired" || event.kind === "TimerCanceled")
    return timerName(answered ?? event, known);
  const of = answered ?? event;
  if (of.kind === "EntityLockRequested") return of.entities.join(", ");
  if (of.kind === "EntityOperationCalled" || of.kind === "EntityOperationSignaled") return of.instanceId;
  if (of.kind === "PatchMarked") return of.patch;
  if (of.kind === "ExecutionRewound" || of.kind === "ExecutionForked") return of.from.instanceId;
  return "name" in of ? of.name : "";
}

function timerName(event: WireEvent, { asked }: Known): string {
  if (event.kind !== "TimerCreated" || event.retryOf === undefined) return "timer";
  const call = asked.get(event.retryOf)?.event;
  return call !== undefined && "name" in call ? `pause of ${call.name}` : "pause before a retry";
}

/** What is worth a look without opening it, in the order of the parts. */
function details(event: WireEvent, answered: WireEvent | undefined, known: Known): string {
  return [...special(event, known), ...timesOf(event, answered), ...sizesOf(event)].join(" · ");
}

function special(event: WireEvent, { now, zone }: Known): readonly string[] {
  switch (event.kind) {
    case "ExecutionStarted":
      return event.parent === null ? [] : [`child of ${event.parent.instanceId}`];
    case "ExecutionCompleted":
      return event.failure === undefined ? [event.status] : [failureText(event.failure)];
    case "ExecutionTerminated":
    case "ExecutionSuspended":
    case "ExecutionResumed":
    case "ExecutionRewound":
    case "ExecutionForked":
      return event.reason === null ? [] : [event.reason];
    case "TaskFailed":
    case "SubOrchestrationInstanceFailed":
    case "EntityOperationFailed":
      return [failureText(event.failure)];
    case "TaskScheduled":
      return event.retry === undefined ? [] : [`attempt ${event.retry.attempt}`];
    case "SubOrchestrationInstanceCreated":
      return event.fireAndForget ? [event.instanceId, "not waited for"] : [event.instanceId];
    case "TimerCreated":
      return event.retryOf === undefined ? [`fires ${dayText(event.fireAt, now, zone)}`] : [durationText(event.fireAt - event.ts)];
    case "EventSent":
      return [`to ${event.instanceId}`];
    case "EntityOperationCalled":
    case "EntityOperationSignaled":
      return [event.operation];
    case "OrchestratorCompleted":
      return event.openEvents === undefined || event.openEvents.length === 0 ? [] : [`waits for ${event.openEvents.join(", ")}`];
    default:
      return [];
  }
}

const failureText = ({ errorType, message }: { readonly errorType: string; readonly message: string }): string =>
  `${errorType}: ${message.split("\n", 1)[0] ?? ""}`;

function timesOf(event: WireEvent, answered: WireEvent | undefined): readonly string[] {
  if (!("ran" in event) || event.ran === undefined) return [];
  const inLine = answered === undefined ? null : split(answered.ts, event.ts, event.ran).inLine;
  return [
    ...(inLine === null ? [] : [`in line ${durationText(inLine)}`]),
    `ran ${durationText(event.ran)}`,
    ...(event.by === undefined ? [] : [`worker ${event.by}`]),
  ];
}

function sizesOf(event: WireEvent): readonly string[] {
  const input = "input" in event && event.input !== null ? [`input ${bytesText(event.input.bytes)}`] : [];
  const result = "result" in event && event.result !== null ? [`result ${bytesText(event.result.bytes)}`] : [];
  return [...input, ...result];
}

/** Rows by the episode that they led to or came from. */
export function byEpisode(rows: readonly HistoryRow[], all: readonly HistoryRow[]): readonly Episode[] {
  const first = new Map<number, HistoryRow>();
  for (const row of all) if (!first.has(row.episode)) first.set(row.episode, row);
  const groups = new Map<number, HistoryRow[]>();
  for (const row of rows) {
    const group = groups.get(row.episode);
    if (group === undefined) groups.set(row.episode, [row]);
    else group.push(row);
  }
  return [...groups].map(([number, group]) => {
    const beginning = first.get(number) ?? group[0];
    return { number, at: beginning?.at ?? 0, because: beginning === undefined ? "" : becauseOf(beginning), rows: group };
  });
}

function becauseOf({ kind, of }: HistoryRow): string {
  switch (kind) {
    case "OrchestratorStarted":
    case "ExecutionStarted":
      return "started by a message";
    case "TaskCompleted":
    case "SubOrchestrationInstanceCompleted":
      return `${of} completed`;
    case "TaskFailed":
    case "SubOrchestrationInstanceFailed":
      return `${of} failed`;
    case "TimerFired":
      return of.startsWith("pause") ? "the pause is over" : "a timer fired";
    case "EventRaised":
      return `event ${of} was raised`;
    case "EntityOperationCompleted":
    case "EntityOperationFailed":
      return "the entity answered";
    case "EntityLockGranted":
      return "the lock was granted";
    case "ExecutionTerminated":
      return "terminated";
    case "ExecutionSuspended":
      return "suspended";
    case "ExecutionResumed":
      return "resumed";
    case "ExecutionRewound":
      return "rewound";
    case "ExecutionForked":
      return "forked";
    default:
      return "";
  }
}

export type HistoryFilter = "matters" | "all" | "failed";

/** By kind and by text: each word is somewhere in the line. */
export function filterRows(rows: readonly HistoryRow[], filter: HistoryFilter, text: string): readonly HistoryRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (filter === "failed" ? !row.isFailed : filter === "matters" && !row.matters) return false;
    if (words.length === 0) return true;
    const line = `${eventNo(row.seq)} ${row.kind} ${row.of} ${row.details}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
}
