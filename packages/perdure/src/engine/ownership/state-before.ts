import type { InstanceState } from "../../core/state.ts";
import { entityOfRow, newState } from "../../core/state.ts";
import { parseEntityId } from "../../model/ids.ts";
import { payload } from "../../model/payload.ts";
import type { InstanceRow } from "../../store/rows.ts";

/** What a row says of an instance, before its history is folded over it. */
export function stateBefore(row: InstanceRow): InstanceState {
  const { no, instanceId, name, orchestrationVersion: version, parent, tags, startAt, generation, executionId, createdAt } = row;
  const input = row.input === null ? null : payload(row.input);
  const customStatus = row.customStatus === null ? null : payload(row.customStatus);
  const birth = { no, instanceId, name, version, parent, tags, startAt, generation, executionId, input, customStatus };
  if (parseEntityId(instanceId) === null) return newState({ ...birth, createdAt });
  return newState({ ...birth, createdAt: row.updatedAt, entity: entityOfRow(birth) }); // no history says when its last operation was
}
