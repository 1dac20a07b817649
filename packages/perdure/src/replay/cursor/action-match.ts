import type { Action } from "../../model/action.ts";
import { assertNever } from "../../model/assert-never.ts";
import { sameName } from "../../model/function-name.ts";
import type {
  EntityLockRequested,
  EntityOperationCalled,
  EntityOperationSignaled,
  EntityUnlockSent,
  EventSent,
  HistoryEvent,
  SubOrchestrationInstanceCreated,
  TaskScheduled,
  TimerCanceled,
  TimerCreated,
} from "../../model/history.ts";
import { isSameList } from "../../model/same-list.ts";
import { isoTime } from "../../model/time.ts";

/** Events that record an action. */
export type RecordedAction =
  | TaskScheduled
  | SubOrchestrationInstanceCreated
  | TimerCreated
  | TimerCanceled
  | EventSent
  | EntityOperationCalled
  | EntityOperationSignaled
  | EntityLockRequested
  | EntityUnlockSent;

const RECORDED: { readonly [Kind in RecordedAction["kind"]]: true } = {
  TaskScheduled: true,
  SubOrchestrationInstanceCreated: true,
  TimerCreated: true,
  TimerCanceled: true,
  EventSent: true,
  EntityOperationCalled: true,
  EntityOperationSignaled: true,
  EntityLockRequested: true,
  EntityUnlockSent: true,
};

export const isRecordedAction = (event: HistoryEvent): event is RecordedAction => Object.hasOwn(RECORDED, event.kind);

/**
 * Whether the orchestrator asked again for what its history has. Inputs and due times are not compared. `isCopy`: it was recorded for another instance, whose
 * id may be part of those of its children and of those it sent to.
 */
export function matches(action: Action, recorded: RecordedAction, isCopy = false): boolean {
  switch (recorded.kind) {
    case "TaskScheduled":
      return action.kind === "callActivity" && action.id === recorded.id && sameName(action.name, recorded.name);
    case "SubOrchestrationInstanceCreated":
      return (
        action.kind === (recorded.fireAndForget ? "startOrchestration" : "callSubOrchestrator") &&
        action.id === recorded.id &&
        (isCopy || action.instanceId === recorded.instanceId) &&
        sameName(action.name, recorded.name)
      );
    case "TimerCreated":
      return action.kind === "createTimer" && action.id === recorded.id && action.retryOf === recorded.retryOf;
    case "TimerCanceled":
      return action.kind === "cancelTimer" && action.timerId === recorded.timerId;
    case "EventSent":
      return (
        action.kind === "sendEvent" &&
        action.id === recorded.id &&
        (isCopy || action.instanceId === recorded.instanceId) &&
        sameName(action.name, recorded.name)
      );
    case "EntityOperationCalled":
    case "EntityOperationSignaled":
      return (
        action.kind === (recorded.kind === "EntityOperationCalled" ? "callEntity" : "signalEntity") &&
        action.id === recorded.id &&
        (isCopy || action.instanceId === recorded.instanceId) &&
        sameName(action.operation, recorded.operation)
      );
    case "EntityLockRequested":
      return (
        action.kind === "lockEntities" &&
        action.id === recorded.id &&
        (isCopy || isSameList([...new Set(action.entities)].sort(), recorded.entities))
      );
    case "EntityUnlockSent":
      return action.kind === "releaseLock" && action.lockId === recorded.lockId;
    default:
      return assertNever(recorded);
  }
}

/** `activity "Bill" as action 4`. */
export function actionLabel(action: Action): string {
  switch (action.kind) {
    case "callActivity":
      return `activity "${action.name}" as action ${action.id}`;
    case "callSubOrchestrator":
      return `sub-orchestration "${action.name}" (${action.instanceId}) as action ${action.id}`;
    case "startOrchestration":
      return `start of orchestration "${action.name}" (${action.instanceId}) as action ${action.id}`;
    case "createTimer":
      return `${timerText(action.retryOf)} as action ${action.id}`;
    case "cancelTimer":
      return `cancel of timer ${action.timerId}`;
    case "markPatch":
      return `the mark of patch "${action.patch}"`;
    case "sendEvent":
      return `event "${action.name}" to ${action.instanceId} as action ${action.id}`;
    case "callEntity":
      return `operation "${action.operation}" of ${action.instanceId} as action ${action.id}`;
    case "signalEntity":
      return `signal "${action.operation}" to ${action.instanceId} as action ${action.id}`;
    case "lockEntities":
      return `lock of ${action.entities.join(", ")} as action ${action.id}`;
    case "releaseLock":
      return `release of lock ${action.lockId}`;
    default:
      return assertNever(action);
  }
}

export function recordedLabel(recorded: RecordedAction): string {
  switch (recorded.kind) {
    case "TaskScheduled":
      return `activity "${recorded.name}" as action ${recorded.id}`;
    case "SubOrchestrationInstanceCreated":
      return `${recorded.fireAndForget ? "start of orchestration" : "sub-orchestration"} "${recorded.name}" (${recorded.instanceId}) as action ${recorded.id}`;
    case "TimerCreated":
      return `${timerText(recorded.retryOf)} as action ${recorded.id}`;
    case "TimerCanceled":
      return `cancel of timer ${recorded.timerId}`;
    case "EventSent":
      return `event "${recorded.name}" to ${recorded.instanceId} as action ${recorded.id}`;
    case "EntityOperationCalled":
      return `operation "${recorded.operation}" of ${recorded.instanceId} as action ${recorded.id}`;
    case "EntityOperationSignaled":
      return `signal "${recorded.operation}" to ${recorded.instanceId} as action ${recorded.id}`;
    case "EntityLockRequested":
      return `lock of ${recorded.entities.join(", ")} as action ${recorded.id}`;
    case "EntityUnlockSent":
      return `release of lock ${recorded.lockId}`;
    default:
      return assertNever(recorded);
  }
}

const timerText = (retryOf: number | undefined): string => (retryOf === undefined ? "timer" : `retry timer of action ${retryOf}`);

/** Where a replay left its history. */
export interface Divergence {
  readonly name: string;
  readonly instanceId: string;
  readonly asked: string;
  readonly recorded: string;
  /** Position in the history, from 1. */
  readonly position: number;
  readonly ts: number;
  readonly version: string | null;
  /** `at FILE:LINE`, where it was asked for, or `after FILE:LINE`, the last place that asked for anything; null: not known. */
  readonly place: string | null;
}

export function divergenceText(found: Divergence): string {
  const version = found.version === null ? "no version" : `version ${found.version}`;
  const place = found.place === null ? "" : ` ${found.place}`;
  return (
    `"${found.name}" (${found.instanceId}) asked for ${found.asked}${place}, where its history has ${found.recorded} (event ${found.position}). ` +
    `Recorded at ${isoTime(found.ts)} by ${version}. Likely: the code changed while the instance ran (deploy it under a new version, or bring the old code back), ` +
    "or it branched on something outside its history (env, random, clock, global, iteration order). The instance is stopped, nothing was written."
  );
}
