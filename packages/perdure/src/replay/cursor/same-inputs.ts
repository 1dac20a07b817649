import type { Action } from "../../model/action.ts";
import type { CopyOf } from "../../model/fork-origins.ts";
import type { InstanceId } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import { clampTime } from "../../model/time.ts";
import type { RecordedAction } from "./action-match.ts";

/** Whether an action that matches what was recorded also has the same input and due time. In a copy, an input may have its id where the original's was. */
export function sameInputs(action: Action, recorded: RecordedAction, copy: CopyOf | null): boolean {
  if (action.kind === "createTimer") return recorded.kind === "TimerCreated" && clampTime(action.fireAt) === recorded.fireAt;
  if (action.kind === "signalEntity" && recorded.kind === "EntityOperationSignaled" && action.due !== (recorded.due ?? null)) return false;
  if (!("input" in action)) return true;
  return "input" in recorded && (action.input === recorded.input || (copy !== null && isOfCopy(action.input, recorded.input, copy)));
}

/** Either way round: one of the ids may be a part of another word. */
function isOfCopy(asked: Payload | null, recorded: Payload | null, ids: CopyOf): boolean {
  if (asked === null || recorded === null) return false;
  const [original, copy] = [inJson(ids.original), inJson(ids.copy)];
  return recorded.replaceAll(original, () => copy) === asked || asked.replaceAll(copy, () => original) === recorded;
}

const inJson = (id: InstanceId): string => JSON.stringify(id).slice(1, -1);
