import type { HistoryEvent, HistoryEventKind } from "../../model/history.ts";
import type { JsonValue } from "../../model/payload.ts";
import { jsonArray, jsonObject, payloadJson } from "./json-text.ts";
import type { RawEvent } from "./raw-history.ts";
import { toRawEvent } from "./raw-history.ts";
import { withoutFolders } from "./stack-text.ts";

export interface HistoryView {
  readonly showInput: boolean;
  readonly showHistoryOutput: boolean;
  /** The places that a fork names, and how long an activity ran and where. Azure does not have them. */
  readonly showDetails?: boolean;
}

/** Where an event is in the whole history, what is left out here included. */
interface Place {
  /** From 1: `at: { event }` of a fork is before it. */
  readonly position: number;
  /** From 1: `at: { checkpoint }` is behind it. */
  readonly episode: number;
}

/** Fields of the raw event that the shaped one does not have, beside EventId. */
const HIDDEN: { readonly [Kind in HistoryEventKind]?: readonly string[] } = {
  ExecutionStarted: ["Name", "Version", "ExecutionId", "Generation", "Seed", "ParentInstance", "Tags"],
  ExecutionCompleted: ["CausedBy"],
  ExecutionTerminated: ["Recursive"],
  ExecutionRewound: ["ExecutionId", "Seed", "Edited", "DroppedEpisodes", "Timers", "Children"],
  ExecutionForked: ["ExecutionId", "Seed", "Edited", "DroppedEpisodes", "Timers", "Children"],
  TaskScheduled: ["Version", "Key", "KeyLimit", "RetryOf", "Attempt"],
  TaskCompleted: ["TaskScheduledId"],
  TaskFailed: ["TaskScheduledId"],
  SubOrchestrationInstanceCreated: ["Version", "FireAndForget", "RetryOf", "Attempt"],
  SubOrchestrationInstanceCompleted: ["TaskScheduledId"],
  SubOrchestrationInstanceFailed: ["TaskScheduledId"],
  TimerCreated: ["RetryOf"],
  TimerFired: ["TimerId"],
};

const DETAILS: ReadonlySet<string> = new Set(["RanMilliseconds", "Worker"]);

/** JSON text of `historyEvents` (durable-functions: scheduled rows are folded into their completions), in the order of the history. */
export function shapeHistory(events: readonly HistoryEvent[], view: HistoryView): string {
  const completed = new Set(events.map(completedId).filter((id) => id !== null));
  const scheduled = new Map<number, RawEvent>();
  const shaped: string[] = [];
  const episodes = episodesOf(events);
  for (const [index, event] of events.entries()) {
    const raw = toRawEvent(event);
    if (isScheduling(event)) scheduled.set(event.id, raw);
    if (!isShown(event, completed)) continue;
    const call = completedId(event);
    const members = shapeEvent(raw, call === null ? undefined : scheduled.get(call), view);
    const place = { position: index + 1, episode: episodes[index] ?? 1 };
    shaped.push(jsonObject(view.showDetails === true ? { ...members, ...placeMembers(event, place) } : members));
  }
  return jsonArray(shaped);
}

/** What an episode is given stands before its begin in a history, and how it ends the execution behind its end. */
function episodesOf(events: readonly HistoryEvent[]): readonly number[] {
  let completed = 0;
  let isBehindEnd = false;
  return events.map(({ kind }) => {
    isBehindEnd &&= kind === "ExecutionCompleted" || kind === "ContinueAsNew";
    const episode = isBehindEnd ? completed : completed + 1;
    if (kind === "OrchestratorCompleted") {
      completed += 1;
      isBehindEnd = true;
    }
    return episode;
  });
}

const NOT_SHOWN: ReadonlySet<HistoryEventKind> = new Set([
  "OrchestratorStarted",
  "OrchestratorCompleted",
  "TimerCanceled",
  "PatchMarked",
  "MessageIdsKept",
]);

/** Episode marks and what the wire has no event for are left out; so is a scheduled row once its completion is there. */
function isShown(event: HistoryEvent, completed: ReadonlySet<number>): boolean {
  if (NOT_SHOWN.has(event.kind)) return false;
  return !(isScheduling(event) && completed.has(event.id));
}

const isScheduling = (event: HistoryEvent) => event.kind === "TaskScheduled" || event.kind === "SubOrchestrationInstanceCreated";

/** The action that this event completes, or null. */
const completedId = (event: HistoryEvent): number | null => ("taskId" in event ? event.taskId : null);

function placeMembers(event: HistoryEvent, { position, episode }: Place): Members {
  return { Position: String(position), Episode: String(episode), EventId: JSON.stringify(askedId(event)) };
}

/** Of what the execution asked for that the event records, or is about; null: of nothing. */
function askedId(event: HistoryEvent): number | null {
  if ("id" in event) return event.id;
  if ("taskId" in event) return event.taskId;
  if ("timerId" in event) return event.timerId;
  return "lockId" in event ? event.lockId : null;
}

type Members = { readonly [name: string]: string | undefined };

function shapeEvent(raw: RawEvent, scheduled: RawEvent | undefined, view: HistoryView): Members {
  const hidden = HIDDEN[raw.EventType] ?? [];
  const members: { [name: string]: string | undefined } = {};
  for (const [field, value] of Object.entries(raw)) {
    if (field === "EventId" || hidden.includes(field)) continue;
    if (field === "Input" && !view.showInput) continue;
    if (DETAILS.has(field) && view.showDetails !== true) continue;
    if (field === "Result") members[field] = view.showHistoryOutput ? payloadJson(textOf(value)) : undefined;
    else members[field] = JSON.stringify(field === "Details" ? withoutFolders(textOf(value) ?? "") : value, cleanStack);
  }
  if (raw.EventType === "ExecutionStarted") members.FunctionName = JSON.stringify(raw.Name);
  if (scheduled !== undefined) {
    members.ScheduledTime = JSON.stringify(scheduled.Timestamp);
    members.FunctionName = JSON.stringify(scheduled.Name);
    if (view.showInput) members.Input = JSON.stringify(scheduled.Input);
  }
  return members;
}

/** Of a failure, and of those inside it. */
const cleanStack = (key: string, value: JsonValue | undefined) =>
  key === "StackTrace" && typeof value === "string" ? withoutFolders(value) : value;

const textOf = (value: JsonValue | undefined): string | null => (typeof value === "string" ? value : null);
