import { fault } from "../../errors/perdure-error.ts";
import { sameName } from "../../model/function-name.ts";
import type { InstanceId } from "../../model/ids.ts";
import { instanceIdProblem, instanceId as toInstanceId } from "../../model/ids.ts";
import type { ContextPort } from "./context-port.ts";

/** An id that an execution gives to another orchestration; null when it gives none. */
export function otherInstanceId({ instanceId, started }: Pick<ContextPort, "instanceId" | "started">, given: unknown): InstanceId | null {
  if (given === undefined) return null;
  const problem = instanceIdProblem(given);
  if (problem !== null || typeof given !== "string") throw fault("CHILD_ID_INVALID", given, problem ?? "");
  if (sameName(given, instanceId))
    throw fault("CHILD_ID_INVALID", given, "it is this instance's own id (ids of parent and child compare without case)");
  const parent = started?.parent?.instanceId;
  if (parent !== undefined && sameName(given, parent))
    throw fault("CHILD_ID_INVALID", given, "it is the id of this instance's parent (compared without case)");
  return toInstanceId(given);
}
