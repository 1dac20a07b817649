import type { HistoryEvent, HistoryEventKind } from "../../model/history.ts";
import type { JsonValue } from "../../model/payload.ts";
import { jsonArray, jsonObject, payloadJson } from "./json-text.ts";
import type { RawEvent } from "./raw-history.ts";
import { toRawEvent } from "./raw-history.ts";
import { withoutFolders } from "./stack-text.ts";

export interface HistoryView {
  readonly showInput: boolean;
  readonly showHistoryOutput: boolean;
}

/** Fields of the raw event that the shaped one does not have, beside EventId. */
const HIDDEN: { readonly [Kind in HistoryEventKind]?: readonly string[] } = {
  ExecutionStarted: ["Name", "Version", "ExecutionId", "Generation", "Seed", "ParentInstance", "Tags"],
  ExecutionCompleted: ["CausedBy"],
  ExecutionTerminated: ["Recursive"],
  ExecutionRewound: ["ExecutionId", "Seed", "Edited", "DroppedEpisodes", "Timers", "Children"],
  ExecutionForked: ["ExecutionId", "Seed", "Edited", "DroppedEpisodes", "Timers", "Children"],
  TaskScheduled: ["Version", "Key", "KeyLimit", "RetryOf", "Attempt"],
  TaskCompleted: ["TaskScheduledId", "RanMilliseconds", "Worker"],
  TaskFailed: ["TaskScheduledId", "RanMilliseconds", "Worker"],
  SubOrchestrationInstanceCreated: ["Version", "FireAndForget", "RetryOf", "Attempt"],
  SubOrchestrationInstanceCompleted: ["TaskScheduledId"],
  SubOrchestrationInstanceFailed: ["TaskScheduledId"],
  TimerCreated: ["RetryOf"],
  TimerFired: ["TimerId"],
};

/** JSON text of `historyEvents` (durable-functions: scheduled rows are folded into their completions), in the order of the history. */
export function shapeHistory(events: readonly HistoryEvent[], view: HistoryView): string {
  const completed = new Set(events.map(completedId).filter((id) => id !== null));
  const scheduled = new Map<number, RawEvent>();
  const shaped: string[] = [];
  for (const event of events) {
    const raw = toRawEvent(event);
    if (isScheduling(event)) scheduled.set(event.id, raw);
    if (!isShown(event, completed)) continue;
    const call = completedId(event);
    shaped.push(shapeEvent(raw, call === null ? undefined : scheduled.get(call), view));
  }
  return jsonArray(shaped);
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

function shapeEvent(raw: RawEvent, scheduled: RawEvent | undefined, view: HistoryView): string {
  const hidden = HIDDEN[raw.EventType] ?? [];
  const members: { [name: string]: string | undefined } = {};
  for (const [field, value] of Object.entries(raw)) {
    if (field === "EventId" || hidden.includes(field)) continue;
    if (field === "Input" && !view.showInput) continue;
    if (field === "Result") members[field] = view.showHistoryOutput ? payloadJson(textOf(value)) : undefined;
    else members[field] = JSON.stringify(field === "Details" ? withoutFolders(textOf(value) ?? "") : value, cleanStack);
  }
  if (raw.EventType === "ExecutionStarted") members.FunctionName = JSON.stringify(raw.Name);
  if (scheduled !== undefined) {
    members.ScheduledTime = JSON.stringify(scheduled.Timestamp);
    members.FunctionName = JSON.stringify(scheduled.Name);
    if (view.showInput) members.Input = JSON.stringify(scheduled.Input);
  }
  return jsonObject(members);
}

/** Of a failure, and of those inside it. */
const cleanStack = (key: string, value: JsonValue | undefined) =>
  key === "StackTrace" && typeof value === "string" ? withoutFolders(value) : value;

const textOf = (value: JsonValue | undefined): string | null => (typeof value === "string" ? value : null);
