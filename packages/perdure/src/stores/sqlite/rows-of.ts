import { eventId, executionId, fence, instanceId, instanceNo, workerId } from "../../model/ids.ts";
import type { MessageKind } from "../../model/message.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import type { HistoryChunk, InboxRow, InstanceRow, NextWake, TaskRow, WorkerLoad, WorkerRow } from "../../store/rows.ts";
import { unpack, unpackOrNull } from "./payload-column.ts";

/** What SQLite hands back: columns by name. */
export type Columns = { readonly [column: string]: unknown };

const number = (value: unknown): number => value as number;
const text = (value: unknown): string => value as string;
const orNull = <Value>(value: unknown, of: (value: unknown) => Value): Value | null => (value === null ? null : of(value));
const json = <Value>(value: unknown): Value => JSON.parse(value as string) as Value;

/** `next_wake`: 0 stands for "at once". */
export const nextWakeColumn = (nextWake: NextWake): number | null => (nextWake === "now" ? 0 : nextWake);
export const nextWakeOf = (value: unknown): NextWake => (value === 0 ? "now" : orNull(value, number));

export const INPUT_ASIDE = 1;
export const OUTPUT_ASIDE = 2;

/**
 * Instances with the time of their last change. While one lives, that is in the last row of its history when its own row was left alone;
 * the last row is found by one step down an index.
 */
export const selectInstances = (from: string, rest: string): string => `SELECT i.*, CASE WHEN completed_at IS NULL THEN (
  SELECT h.at FROM history h WHERE h.no = i.no AND h.generation = i.generation ORDER BY h.first_seq DESC LIMIT 1) END AS history_at
  FROM ${from} ${rest}`;

/** `aside` reads what is not in the row itself. */
export function instanceRow(row: Columns, aside: (no: number, slot: "input" | "output") => unknown): InstanceRow {
  const side = number(row.side);
  const no = number(row.no);
  return {
    no: instanceNo(no),
    instanceId: instanceId(text(row.instance_id)),
    name: text(row.name),
    executionId: executionId(text(row.execution_id)),
    generation: number(row.generation),
    version: number(row.version),
    owner: orNull(row.owner, (value) => workerId(number(value))),
    wakeAt: orNull(row.wake_at, number),
    nextWake: nextWakeOf(row.next_wake),
    crashes: number(row.crashes),
    parked: orNull(row.parked, json<NonNullable<InstanceRow["parked"]>>),
    status: text(row.status) as RuntimeStatus,
    customStatus: unpackOrNull(row.custom_status),
    input: unpackOrNull((side & INPUT_ASIDE) === 0 ? row.input : aside(no, "input")),
    output: unpackOrNull((side & OUTPUT_ASIDE) === 0 ? row.output : aside(no, "output")),
    orchestrationVersion: orNull(row.orchestration_version, text),
    tags: orNull(row.tags, json<NonNullable<InstanceRow["tags"]>>),
    parent: orNull(row.parent, json<NonNullable<InstanceRow["parent"]>>),
    startAt: orNull(row.start_at, number),
    createdAt: number(row.created_at),
    updatedAt: Math.max(number(row.updated_at), number(row.history_at ?? 0)),
    completedAt: orNull(row.completed_at, number),
  };
}

export const historyChunk = (row: Columns): HistoryChunk => ({
  generation: number(row.generation),
  firstSeq: number(row.first_seq),
  count: number(row.count),
  events: unpack(row.events),
});

export const inboxRow = (row: Columns): InboxRow => ({
  no: instanceNo(number(row.no)),
  seq: number(row.seq),
  kind: text(row.kind) as MessageKind,
  generation: orNull(row.generation, number),
  body: unpack(row.body),
});

export const taskRow = (row: Columns): TaskRow => ({
  no: instanceNo(number(row.no)),
  generation: number(row.generation),
  eventId: eventId(number(row.event_id)),
  instanceId: instanceId(text(row.instance_id)),
  name: text(row.name),
  worker: orNull(row.worker, (value) => workerId(number(value))),
  attempts: number(row.attempts),
  notBefore: number(row.not_before),
  alone: row.alone === 1,
  body: unpack(row.body),
  progress: unpackOrNull(row.progress),
  createdAt: number(row.created_at),
});

export const workerRow = (row: Columns, provenDead: boolean): WorkerRow => ({
  worker: workerId(number(row.worker)),
  fence: orNull(row.fence, (value) => fence(number(value))),
  leaseUntil: number(row.lease_until),
  renewals: number(row.renewals),
  orchestrators: json<readonly string[]>(row.orchestrators),
  activities: json<readonly string[]>(row.activities),
  host: text(row.host),
  load: orNull(row.load, json<WorkerLoad>),
  provenDead,
  diedAt: orNull(row.died_at, number),
});
