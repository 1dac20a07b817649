import type {
  EntityLockGranted,
  EntityOperationCompleted,
  EntityOperationFailed,
  SubOrchestrationInstanceCompleted,
  SubOrchestrationInstanceFailed,
  TaskCompleted,
  TaskFailed,
  TimerFired,
} from "../../model/history.ts";
import type { EventId } from "../../model/ids.ts";

/** Events that answer one action, by its id. */
export type SettlingEvent =
  | TaskCompleted
  | TaskFailed
  | SubOrchestrationInstanceCompleted
  | SubOrchestrationInstanceFailed
  | TimerFired
  | EntityOperationCompleted
  | EntityOperationFailed
  | EntityLockGranted;

/**
 * `settled`: the task has its value or failure, and user code runs. `continues`: the event is used up, but the task waits on under another id.
 * `ignored`: no event for this task, which keeps waiting.
 */
export type Effect = "settled" | "continues" | "ignored";

/** What an event of the history can settle: a call, a timer, the timeout of a wait. */
export interface Settleable {
  apply(event: SettlingEvent): Effect;
}

/** True when it settled the task that waits for it, so that user code continues. */
export function settleOpen(open: Map<EventId, Settleable>, id: EventId, event: SettlingEvent): boolean {
  const effect = open.get(id)?.apply(event) ?? "ignored";
  if (effect !== "ignored") open.delete(id);
  return effect === "settled";
}
