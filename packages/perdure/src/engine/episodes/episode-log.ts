import type { EpisodeCommit } from "../../core/apply-episode.ts";
import type { InstanceState } from "../../core/state.ts";
import type { Failure } from "../../model/failure.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { EventId } from "../../model/ids.ts";
import { authorPlace } from "../../model/stack-place.ts";
import { isoTime } from "../../model/time.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import type { ActiveInstance } from "../instances/instance.ts";

/** Names of activities, by the event that scheduled them. */
type TaskNames = ReadonlyMap<EventId, string>;

/** The names that the lines on these events will need, taken before the events are folded in and the calls are no longer open; null: none. */
export function taskNamesFor(log: EngineLog, { activities }: InstanceState, events: readonly HistoryEvent[]): TaskNames | null {
  let names: Map<EventId, string> | null = null;
  for (const event of events) {
    if (event.kind !== "TaskFailed" && (event.kind !== "TaskCompleted" || !log.enabled("info"))) continue;
    const scheduled = activities.get(event.taskId);
    if (scheduled === undefined) continue;
    names ??= new Map();
    names.set(event.taskId, scheduled.name);
  }
  return names;
}

/**
 * One line an event that people follow a run by, at level info (failures: warn), once it is decided. Nothing is built that is not read: at level
 * warn, the default of a hub in a program, an event that did not fail costs a look at its kind.
 */
export function logCommit(
  log: EngineLog,
  instance: ActiveInstance,
  generation: number,
  commit: EpisodeCommit,
  names: TaskNames | null,
): void {
  const isWhole = log.enabled("info");
  if (!isWhole && !log.enabled("warn")) return;
  const { instanceId, name } = instance.state;
  for (const event of commit.events) {
    if (!isWhole && !isFailure(event)) continue;
    const line = lineOf(event, name, instance, names);
    if (line === null) continue;
    const fields = { instanceId, orchestrator: name, generation, kind: event.kind, ...line.fields };
    log.write({ level: line.level ?? "info", event: line.event, message: `${line.text} [${instanceId}]`, fields });
  }
}

function isFailure(event: HistoryEvent): boolean {
  switch (event.kind) {
    case "TaskFailed":
    case "SubOrchestrationInstanceFailed":
    case "EntityOperationFailed":
      return true;
    case "ExecutionCompleted":
      return event.status === "Failed";
    default:
      return false;
  }
}

interface Line {
  readonly event: string;
  readonly text: string;
  readonly level?: "debug" | "info" | "warn";
  readonly fields?: { readonly [key: string]: unknown };
}

function lineOf(event: HistoryEvent, name: string, instance: ActiveInstance, names: TaskNames | null): Line | null {
  switch (event.kind) {
    case "OrchestratorStarted":
      return {
        event: "episode.started",
        text: `Orchestration function "${name}" ${instance.state.episodes === 1 ? "triggered" : "started"}`,
      };
    case "OrchestratorCompleted":
      return { event: "episode.completed", text: `Orchestration function "${name}" completed` };
    case "ExecutionStarted":
      return { event: "execution.started", text: `Execution of "${name}" started` };
    case "ExecutionCompleted":
      return {
        event: "execution.completed",
        level: event.status === "Failed" ? "warn" : "info",
        text: endText(event, name),
        fields: { status: event.status },
      };
    case "TaskScheduled":
      return {
        event: "activity.scheduled",
        text: `Activity "${event.name}" scheduled`,
        fields: { activity: event.name, taskId: event.id },
      };
    case "TaskCompleted":
      return { event: "activity.completed", text: `Activity ${taskName(event, names)} completed`, fields: { taskId: event.taskId } };
    case "TaskFailed":
      return {
        event: "activity.failed",
        level: "warn",
        text: `Activity ${taskName(event, names)} failed: ${event.failure.message}${atPlace(event.failure)}`,
        fields: { taskId: event.taskId, errorType: event.failure.errorType },
      };
    case "SubOrchestrationInstanceCreated":
      return { event: "child.created", text: `Sub-orchestration "${event.name}" created`, fields: { child: event.instanceId } };
    case "SubOrchestrationInstanceCompleted":
      return { event: "child.completed", text: `Sub-orchestration ${event.taskId} completed`, fields: { taskId: event.taskId } };
    case "SubOrchestrationInstanceFailed":
      return { event: "child.failed", level: "warn", text: `Sub-orchestration ${event.taskId} failed: ${event.failure.message}` };
    case "TimerCreated":
      return { event: "timer.created", text: `Timer until ${isoTime(event.fireAt)} created`, fields: { timerId: event.id } };
    case "TimerFired":
      return { event: "timer.fired", text: `Timer ${event.timerId} fired`, fields: { timerId: event.timerId } };
    case "TimerCanceled":
      return { event: "timer.canceled", text: `Timer ${event.timerId} canceled`, fields: { timerId: event.timerId } };
    case "MessageIdsKept":
      return { event: "messages.kept", text: `${event.ids.length} message ids kept from earlier executions` };
    case "PatchMarked":
      return { event: "patch.marked", text: `Patch "${event.patch}" taken`, fields: { patch: event.patch } };
    case "ExecutionRewound":
      return { event: "execution.rewound", text: `Execution of "${name}" rewound`, fields: { reason: event.reason } };
    case "ExecutionForked":
      return { event: "execution.forked", text: `Execution of "${name}" forked`, fields: { from: event.from.instanceId } };
    case "EventRaised":
      return { event: "event.raised", text: `External event "${event.name}" received`, fields: { name: event.name } };
    case "EventSent":
      return { event: "event.sent", text: `External event "${event.name}" sent to "${event.instanceId}"`, fields: { name: event.name } };
    case "ExecutionSuspended":
      return { event: "execution.suspended", text: `Execution of "${name}" suspended`, fields: { reason: event.reason } };
    case "ExecutionResumed":
      return { event: "execution.resumed", text: `Execution of "${name}" resumed`, fields: { reason: event.reason } };
    case "ExecutionTerminated":
      return { event: "execution.terminated", text: `Execution of "${name}" terminated`, fields: { reason: event.reason } };
    case "ContinueAsNew":
      return { event: "execution.continued-as-new", text: `Execution of "${name}" continues as new` };
    case "EntityOperationCalled":
      return { event: "entity.called", text: `Operation "${event.operation}" of "${event.instanceId}" called` };
    case "EntityOperationSignaled":
      return { event: "entity.signaled", text: `Operation "${event.operation}" of "${event.instanceId}" signaled` };
    case "EntityOperationCompleted":
      return { event: "entity.completed", text: `Entity operation ${event.taskId} completed`, fields: { taskId: event.taskId } };
    case "EntityOperationFailed":
      return { event: "entity.failed", level: "warn", text: `Entity operation ${event.taskId} failed: ${event.failure.message}` };
    case "EntityLockRequested":
      return { event: "lock.requested", text: `Lock of ${event.entities.join(", ")} requested`, fields: { lockId: event.id } };
    case "EntityLockGranted":
      return { event: "lock.granted", text: `Lock ${event.taskId} granted`, fields: { lockId: event.taskId } };
    case "EntityUnlockSent":
      return { event: "lock.released", text: `Lock ${event.lockId} released`, fields: { lockId: event.lockId } };
    case "EntityMessageHeld":
    case "EntityMessagesTaken":
      return null; // of entities, which have no episodes
  }
}

function endText(event: Extract<HistoryEvent, { kind: "ExecutionCompleted" }>, name: string): string {
  if (event.status === "Completed") return `Execution of "${name}" completed with results`;
  return `Execution of "${name}" completed: ${event.status}${event.failure === undefined ? "" : ` (${event.failure.message})${atPlace(event.failure)}`}`;
}

/** Of the code that has thrown it. */
function atPlace({ stack }: Failure): string {
  const place = authorPlace(stack);
  return place === null ? "" : ` at ${place}`;
}

function taskName({ taskId }: { readonly taskId: EventId }, names: TaskNames | null): string {
  const name = names?.get(taskId);
  return name === undefined ? String(taskId) : `"${name}"`;
}
