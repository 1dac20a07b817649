import type { HistoryEvent } from "../../model/history.ts";
import type { EventId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import { isReply } from "../../model/message.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import type { InboxRow, InstanceRow } from "../../store/rows.ts";
import type { DumpView } from "./view.ts";

/** What a history leaves open. Derived here again, on purpose, and not by the engine's own fold: two readings must agree. */
export interface OpenWork {
  readonly status: RuntimeStatus;
  readonly suspended: boolean;
  readonly started: boolean;
  readonly timers: ReadonlyMap<EventId, number>;
  readonly activities: ReadonlySet<EventId>;
  /** Children that the generation waits for, and their ids. */
  readonly children: ReadonlyMap<EventId, string>;
  /** Something that came in has not been shown to the orchestrator. */
  readonly undelivered: boolean;
}

export function openWorkOf(row: InstanceRow, events: readonly HistoryEvent[]): OpenWork {
  const timers = new Map<EventId, number>();
  const activities = new Set<EventId>();
  const children = new Map<EventId, string>();
  let status: RuntimeStatus = row.generation === 0 ? "Pending" : "Running";
  let suspended = false;
  let started = false;
  let undelivered = false;
  for (const event of events) {
    if (event.kind === "TaskScheduled") activities.add(event.id);
    if (event.kind === "TimerCreated") timers.set(event.id, event.fireAt);
    if (event.kind === "TimerCanceled") timers.delete(event.timerId);
    if (event.kind === "SubOrchestrationInstanceCreated" && !event.fireAndForget) children.set(event.id, event.instanceId);
    if (event.kind === "TimerFired") timers.delete(event.timerId);
    if ("taskId" in event) {
      activities.delete(event.taskId);
      children.delete(event.taskId);
    }
    if (event.kind === "OrchestratorStarted") undelivered = false;
    if (event.kind === "EventRaised" || event.kind === "TimerFired" || "taskId" in event) undelivered = true;
    if (event.kind === "ExecutionStarted") {
      started = true;
      status = "Running";
    }
    if (event.kind === "ExecutionSuspended") {
      suspended = true;
      status = "Suspended";
    }
    if (event.kind === "ExecutionResumed") {
      suspended = false;
      status = started || row.generation > 0 ? "Running" : "Pending";
    }
    if (event.kind === "ExecutionCompleted") status = event.status;
  }
  return { status, suspended, started, timers, activities, children, undelivered };
}

/** When somebody must look at the instance, mail aside: minus infinity for at once, plus infinity when only a message can move it. */
export function neededAt(view: DumpView, row: InstanceRow, work: OpenWork): number {
  if (hasLocalActivity(view, row, work)) return Number.NEGATIVE_INFINITY;
  let earliest = Number.POSITIVE_INFINITY;
  for (const fireAt of work.timers.values()) earliest = Math.min(earliest, fireAt);
  if (work.suspended) return earliest;
  if (!work.started) return row.generation === 0 && row.startAt !== null ? Math.min(row.startAt, earliest) : Number.NEGATIVE_INFINITY;
  return work.undelivered ? Number.NEGATIVE_INFINITY : earliest;
}

/** An open activity without a task row and without a result on its way: only the owner's memory runs it. */
function hasLocalActivity(view: DumpView, row: InstanceRow, work: OpenWork): boolean {
  if (work.activities.size === 0) return false;
  const elsewhere = new Set<number>();
  for (const task of view.tasks.get(row.no) ?? []) if (task.generation === row.generation) elsewhere.add(task.eventId);
  for (const mail of view.inbox.get(row.no) ?? []) {
    const message = messageOf(mail);
    if (message !== null && isReply(message) && message.generation === row.generation) elsewhere.add(message.taskId);
  }
  for (const id of work.activities) if (!elsewhere.has(id)) return true;
  return false;
}

/** Null when the row cannot be read. */
export function messageOf(row: InboxRow): Message | null {
  try {
    const parsed: unknown = JSON.parse(row.body);
    return typeof parsed === "object" && parsed !== null && "kind" in parsed ? (parsed as Message) : null;
  } catch {
    return null;
  }
}
