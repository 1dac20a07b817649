import type { AcceptedReplies } from "../../model/edit-mark.ts";
import { isEditMark } from "../../model/edit-mark.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { EventId, InstanceId } from "../../model/ids.ts";
import { parseEntityId } from "../../model/ids.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import type { InstanceRow } from "../../store/rows.ts";

/** What a history leaves open. Derived here again, on purpose, and not by the engine's own fold: two readings must agree. */
export interface OpenWork {
  readonly status: RuntimeStatus;
  readonly suspended: boolean;
  readonly started: boolean;
  readonly timers: ReadonlyMap<EventId, number>;
  readonly activities: ReadonlySet<EventId>;
  /** Children that the generation waits for, and their ids. */
  readonly children: ReadonlyMap<EventId, string>;
  /** Operations of entities that the generation waits for. */
  readonly entityCalls: ReadonlySet<EventId>;
  /** Its critical section, also one that is only asked for. */
  readonly section: OpenSection | null;
  /** Something that came in has not been shown to the orchestrator. */
  readonly undelivered: boolean;
  /** Its history was edited, and no episode has run since: its owner has yet to look at its children. */
  readonly isFreshlyEdited: boolean;
  /** Answers to earlier generations that count, as the last mark says. */
  readonly replies: readonly AcceptedReplies[];
}

export interface OpenSection {
  readonly id: EventId;
  readonly entities: readonly InstanceId[];
  readonly granted: boolean;
}

export function openWorkOf(row: InstanceRow, events: readonly HistoryEvent[]): OpenWork {
  const timers = new Map<EventId, number>();
  const activities = new Set<EventId>();
  const children = new Map<EventId, string>();
  const entityCalls = new Set<EventId>();
  let section: OpenSection | null = null;
  let status: RuntimeStatus = row.generation === 0 && parseEntityId(row.instanceId) === null ? "Pending" : "Running";
  let suspended = false;
  let started = false;
  let undelivered = false;
  let isFreshlyEdited = false;
  let replies: readonly AcceptedReplies[] = [];
  for (const event of events) {
    if (event.kind === "TaskScheduled") activities.add(event.id);
    if (event.kind === "TimerCreated") timers.set(event.id, event.fireAt);
    if (event.kind === "TimerCanceled") timers.delete(event.timerId);
    if (event.kind === "SubOrchestrationInstanceCreated" && !event.fireAndForget) children.set(event.id, event.instanceId);
    if (event.kind === "EntityOperationCalled") entityCalls.add(event.id);
    section = sectionAfter(section, event);
    if (event.kind === "TimerFired") timers.delete(event.timerId);
    if ("taskId" in event) {
      activities.delete(event.taskId);
      children.delete(event.taskId);
      entityCalls.delete(event.taskId);
    }
    if (isEditMark(event)) {
      for (const { id, fireAt } of event.timers ?? []) if (timers.has(id)) timers.set(id, fireAt);
      for (const { id, instanceId } of event.children ?? []) if (children.has(id)) children.set(id, instanceId);
      replies = event.replies;
      isFreshlyEdited = true;
      undelivered = true;
      if (status === "Pending") status = "Running";
    }
    if (event.kind === "OrchestratorStarted") {
      undelivered = false;
      isFreshlyEdited = false;
    }
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
  return { status, suspended, started, timers, activities, children, entityCalls, section, undelivered, isFreshlyEdited, replies };
}

function sectionAfter(section: OpenSection | null, event: HistoryEvent): OpenSection | null {
  switch (event.kind) {
    case "EntityLockRequested":
      return { id: event.id, entities: event.entities, granted: false };
    case "EntityLockGranted":
      return section === null ? null : { ...section, granted: true };
    case "EntityUnlockSent":
    case "ExecutionCompleted":
      return null;
    default:
      return section;
  }
}
