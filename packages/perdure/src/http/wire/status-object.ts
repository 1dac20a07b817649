import type { InstanceStatus } from "../../client/types.ts";
import { parseNotes } from "../../model/entity-notes.ts";
import { parseEntityId } from "../../model/ids.ts";
import type { WaitingFor } from "../../model/waiting-for.ts";
import { jsonObject, payloadJson } from "./json-text.ts";
import { wholeSeconds } from "./times.ts";

export interface StatusView {
  readonly input: boolean;
  /** What Azure's status object has no fields for: only those who ask get it, so that every other answer is Azure's byte for byte. */
  readonly details: boolean;
  /** JSON text of the events, or null. */
  readonly history: string | null;
  /** Ours too; undefined: it was not asked for. */
  readonly waitingFor?: WaitingFor | null | undefined;
}

/** JSON text of the status object: fields in the order of the wire, ours behind them. */
export function statusObject(status: InstanceStatus, shown: StatusView): string {
  const { stopped } = status;
  const detail = (value: unknown) => (shown.details ? JSON.stringify(value) : undefined);
  return jsonObject({
    name: JSON.stringify(status.name),
    instanceId: JSON.stringify(status.instanceId),
    runtimeStatus: JSON.stringify(status.runtimeStatus),
    input: shown.input ? payloadJson(status.input) : "null",
    customStatus: parseEntityId(status.instanceId) !== null ? entityStatus(status, shown.input) : payloadJson(status.customStatus),
    output: payloadJson(status.output),
    createdTime: JSON.stringify(wholeSeconds(status.createdTime)),
    lastUpdatedTime: JSON.stringify(wholeSeconds(status.lastUpdatedTime)),
    historyEvents: shown.history ?? undefined,
    version: detail(status.version),
    tags: detail(status.tags),
    parentInstanceId: detail(status.parentInstanceId),
    stopped: stopped === null ? undefined : JSON.stringify({ code: stopped.code, message: stopped.message }),
    waitingFor: shown.waitingFor === undefined ? undefined : JSON.stringify(shown.waitingFor),
  });
}

/** What Azure says of an entity there; what runs at the moment is not stored. */
function entityStatus({ input, customStatus }: InstanceStatus, wasInputRead: boolean): string {
  const { lock, held } = parseNotes(customStatus);
  return JSON.stringify({ entityExists: wasInputRead ? input !== null : undefined, queueSize: held, lockedBy: lock?.holder ?? null });
}
