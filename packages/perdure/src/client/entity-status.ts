import { parseNotes } from "../model/entity-notes.ts";
import { parseEntityId } from "../model/ids.ts";
import { payload } from "../model/payload.ts";
import type { InstanceRow } from "../store/rows.ts";
import type { EntityStatus } from "./entity-types.ts";

export function statusOfEntity({ instanceId, name: written, input, customStatus, updatedAt, stopped }: InstanceRow): EntityStatus {
  const { name, key } = parseEntityId(instanceId) ?? { name: written, key: "" };
  const { lock, held, lastFailure } = parseNotes(customStatus === null ? null : payload(customStatus));
  const state = input === null ? null : payload(input);
  return { id: instanceId, name, key, exists: state !== null, state, lastOperationTime: updatedAt, lock, held, lastFailure, stopped };
}
