import type { ActiveInstance } from "../engine/instances/instance.ts";
import type { Payload } from "../model/payload.ts";
import { payload } from "../model/payload.ts";
import type { InstanceRow } from "../store/rows.ts";
import type { InstanceStatus } from "./types.ts";

export function statusOfRow(row: InstanceRow): InstanceStatus {
  return {
    instanceId: row.instanceId,
    executionId: row.executionId,
    name: row.name,
    version: row.orchestrationVersion,
    runtimeStatus: row.status,
    input: asPayload(row.input),
    output: asPayload(row.output),
    customStatus: asPayload(row.customStatus),
    tags: row.tags,
    parentInstanceId: row.parent?.instanceId ?? null,
    createdTime: row.createdAt,
    lastUpdatedTime: row.updatedAt,
    completedTime: row.completedAt,
    generation: row.generation,
    stopped: row.stopped,
  };
}

/** Of an instance in this process's worker whose changes are all durable; `output` is known only once it has ended. */
export function statusOfActive(instance: ActiveInstance, output: Payload | null = null): InstanceStatus {
  const { state } = instance;
  return {
    instanceId: state.instanceId,
    executionId: state.executionId,
    name: state.name,
    version: state.version,
    runtimeStatus: state.status,
    input: state.input,
    output,
    customStatus: state.customStatus,
    tags: state.tags,
    parentInstanceId: state.parent?.instanceId ?? null,
    createdTime: instance.createdAt,
    lastUpdatedTime: state.clock,
    completedTime: instance.end === null ? null : state.clock,
    generation: state.generation,
    stopped: null,
  };
}

const asPayload = (text: string | null): Payload | null => (text === null ? null : payload(text));
