import { fault } from "../../errors/perdure-error.ts";
import { functionKey } from "../../model/function-name.ts";
import type { InstanceId } from "../../model/ids.ts";
import { ENTITY_MARK, entityId, entityIdProblem } from "../../model/ids.ts";
import { targetName } from "../../model/target.ts";

/** Names one entity: what `id(key)` of a definition gives. */
export interface EntityTarget {
  readonly name: string;
  readonly key: string;
}

/**
 * The entity that a call is for: `counter.id("a")`, or `counter, "a"`. Throws ENTITY_KEY_INVALID for a key that no entity can have, OPTION_INVALID and
 * CALL_INVALID for what names no entity.
 */
export function entityTarget(target: unknown, key: unknown, where: string): InstanceId {
  const name = targetName(target, "entity", where);
  if (!isEntityTarget(target)) return checkedEntityId(name, key);
  if (key !== undefined) throw fault("CALL_INVALID", where, "it is given an id, which has a key, and another key");
  return checkedEntityId(name, target.key);
}

export function checkedEntityId(name: string, key: unknown): InstanceId {
  if (name.includes(ENTITY_MARK))
    throw fault("FUNCTION_NAME_INVALID", name, `it contains "${ENTITY_MARK}", which ends the name in an entity's id`, "function");
  if (typeof key !== "string") throw fault("ENTITY_KEY_INVALID", name, key, "it is not a string");
  const id = entityId(functionKey(name), key);
  const problem = entityIdProblem(id);
  if (problem !== null) throw fault("ENTITY_KEY_INVALID", name, key, problem);
  return id;
}

const isEntityTarget = (target: unknown): target is EntityTarget =>
  typeof target === "object" && target !== null && "key" in target && typeof target.key === "string";
