import { eventId, executionId, fence, instanceId, instanceNo, workerId } from "../../model/ids.ts";
import type { MessageKind } from "../../model/message.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import type { HistoryChunk, InboxRow, InstanceRow, NextWake, TaskRow, WorkerLoad, WorkerRow } from "../../store/rows.ts";
import type { Row } from "./connections/link.ts";
import { text, textOrNull } from "./wire/text-column.ts";

const number = (value: unknown): number => value as number;
const string = (value: unknown): string => value as string;
const orNull = <Value>(value: unknown, of: (value: unknown) => Value): Value | null => (value === null ? null : of(value));
const json = <Value>(value: unknown): Value => JSON.parse(value as string) as Value;

const nextWakeOf = (value: unknown): NextWake => (value === 0 ? "now" : orNull(value, number));

/**
 * Of instances `i`, with the time of the last change: while one lives, that is in the last row of its history when its own row was left alone.
 */
export const instanceColumns = (schema: string): string => `i.*, CASE WHEN i.completed_at IS NULL THEN (
  SELECT h.at FROM ${schema}.history h WHERE h.no = i.no AND h.generation = i.generation ORDER BY h.first_seq DESC LIMIT 1) END AS history_at`;

export function instanceRow(row: Row): InstanceRow {
  return {
    no: instanceNo(number(row.no)),
    instanceId: instanceId(string(row.instance_id)),
    name: string(row.name),
    executionId: executionId(string(row.execution_id)),
    generation: number(row.generation),
    version: number(row.version),
    owner: orNull(row.owner, (value) => workerId(number(value))),
    wakeAt: orNull(row.wake_at, number),
    nextWake: nextWakeOf(row.next_wake),
    crashes: number(row.crashes),
    parked: orNull(row.parked, json<NonNullable<InstanceRow["parked"]>>),
    status: string(row.status) as RuntimeStatus,
    customStatus: textOrNull(row.custom_status, row.custom_status_z),
    input: textOrNull(row.input, row.input_z),
    output: textOrNull(row.output, row.output_z),
    orchestrationVersion: orNull(row.orchestration_version, string),
    tags: orNull(row.tags, json<NonNullable<InstanceRow["tags"]>>),
    parent: orNull(row.parent, json<NonNullable<InstanceRow["parent"]>>),
    startAt: orNull(row.start_at, number),
    createdAt: number(row.created_at),
    updatedAt: Math.max(number(row.updated_at), number(row.history_at ?? 0)),
    completedAt: orNull(row.completed_at, number),
  };
}

export const historyChunk = (row: Row): HistoryChunk => ({
  generation: number(row.generation),
  firstSeq: number(row.first_seq),
  count: number(row.count),
  events: text(row.events, row.events_z),
});

export const inboxRow = (row: Row): InboxRow => ({
  no: instanceNo(number(row.no)),
  seq: number(row.seq),
  kind: string(row.kind) as MessageKind,
  generation: orNull(row.generation, number),
  body: text(row.body, row.body_z),
});

export const taskRow = (row: Row): TaskRow => ({
  no: instanceNo(number(row.no)),
  generation: number(row.generation),
  eventId: eventId(number(row.event_id)),
  instanceId: instanceId(string(row.instance_id)),
  name: string(row.name),
  worker: orNull(row.worker, (value) => workerId(number(value))),
  attempts: number(row.attempts),
  notBefore: number(row.not_before),
  alone: row.alone === true,
  body: text(row.body, row.body_z),
  progress: textOrNull(row.progress, row.progress_z),
  createdAt: number(row.created_at),
});

export const workerRow = (row: Row): WorkerRow => ({
  worker: workerId(number(row.worker)),
  fence: orNull(row.fence, (value) => fence(number(value))),
  leaseUntil: number(row.lease_until),
  renewals: number(row.renewals),
  orchestrators: row.orchestrators as readonly string[],
  activities: row.activities as readonly string[],
  host: string(row.host),
  load: orNull(row.load, json<WorkerLoad>),
  provenDead: false,
  diedAt: orNull(row.died_at, number),
});
