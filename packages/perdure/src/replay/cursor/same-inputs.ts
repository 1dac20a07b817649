import type { Action } from "../../model/action.ts";
import { clampTime } from "../../model/time.ts";
import type { RecordedAction } from "./action-match.ts";

/** Whether an action that matches what was recorded also has the same input and due time. */
export function sameInputs(action: Action, recorded: RecordedAction): boolean {
  if (action.kind === "createTimer") return recorded.kind === "TimerCreated" && clampTime(action.fireAt) === recorded.fireAt;
  if (action.kind === "signalEntity" && recorded.kind === "EntityOperationSignaled" && action.due !== (recorded.due ?? null)) return false;
  if (!("input" in action)) return true;
  return "input" in recorded && action.input === recorded.input;
}
