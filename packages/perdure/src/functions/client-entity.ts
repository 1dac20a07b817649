import type { InstanceId } from "../model/ids.ts";
import { entityTarget } from "../replay/functions/entity-target.ts";
import { operationGroup } from "../replay/functions/operation-group.ts";

/** What a client's `entity(target, key)` is for, and the group that sends its operations. */
export function clientEntity(
  target: unknown,
  key: unknown,
  send: (id: InstanceId, operation: string, input: unknown, options: unknown) => Promise<void>,
): { readonly id: InstanceId; readonly signal: object } {
  const id = entityTarget(target, key, "entity");
  return { id, signal: operationGroup((operation, input, options) => send(id, operation, input, options)) };
}
