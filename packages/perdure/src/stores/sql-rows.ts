import type { FunctionNames } from "../model/function-kind.ts";
import { byKind } from "../model/function-kind.ts";
import { eventId, executionId, fence, instanceId, instanceNo, workerId } from "../model/ids.ts";
import type { MessageKind } from "../model/message.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { HistoryChunk, InboxRow, InstanceRow, NextWake, TaskRow, WorkerLoad, WorkerRow } from "../store/rows.ts";

/** What a database hands back: columns by name. */
export type Columns = { readonly [column: string]: unknown };

const number = (value: unknown): number => value as number;
const string = (value: unknown): string => value as string;
const orNull = <Value>(value: unknown, of: (value: unknown) => Value): Value | null => (value === null ? null : of(value));

export const fromJson = <Value>(value: unknown): Value => JSON.parse(value as string) as Value;

/** `next_wake`: 0 stands for "at once". */
export const nextWakeColumn = (nextWake: NextWake): number | null => (nextWake === "now" ? 0 : nextWake);
export const nextWakeOf = (value: unknown): NextWake => (value === 0 ? "now" : orNull(value, number));

/**
 * Of instances `i`, with the time of the last change: while one lives, that is in the last row of its history when its own row was left alone.
 * The last row is found by one step down an index.
 */
export const instanceColumns = (history: string, columns = "i.*"): string => `${columns}, CASE WHEN i.completed_at IS NULL THEN (
  SELECT h.at FROM ${history} h WHERE h.no = i.no AND h.generation = i.generation ORDER BY h.first_seq DESC LIMIT 1) END AS history_at`;

/** `own` is what each store keeps in a way of its own; so in the others. */
export const toInstanceRow = (row: Columns, own: Pick<InstanceRow, "customStatus" | "input" | "output">): InstanceRow => ({
  no: instanceNo(number(row.no)),
  instanceId: instanceId(string(row.instance_id)),
  name: string(row.name),
  executionId: executionId(string(row.execution_id)),
  startId: executionId(string(row.start_id ?? row.execution_id)),
  generation: number(row.generation),
  version: number(row.version),
  owner: orNull(row.owner, (value) => workerId(number(value))),
  wakeAt: orNull(row.wake_at, number),
  nextWake: nextWakeOf(row.next_wake),
  crashes: number(row.crashes),
  poisonCodeVersions: orNull(row.poison_code_versions, fromJson<readonly string[]>) ?? [],
  stopped: orNull(row.stopped, fromJson<NonNullable<InstanceRow["stopped"]>>),
  status: string(row.status) as RuntimeStatus,
  customStatus: own.customStatus,
  input: own.input,
  output: own.output,
  orchestrationVersion: orNull(row.orchestration_version, string),
  tags: orNull(row.tags, fromJson<NonNullable<InstanceRow["tags"]>>),
  parent: orNull(row.parent, fromJson<NonNullable<InstanceRow["parent"]>>),
  startAt: orNull(row.start_at, number),
  createdAt: number(row.created_at),
  updatedAt: Math.max(number(row.updated_at), number(row.history_at ?? 0)),
  completedAt: orNull(row.completed_at, number),
});

export const toHistoryChunk = (row: Columns, events: string): HistoryChunk => ({
  generation: number(row.generation),
  firstSeq: number(row.first_seq),
  count: number(row.count),
  events,
});

export const toInboxRow = (row: Columns, body: string): InboxRow => ({
  no: instanceNo(number(row.no)),
  seq: number(row.seq),
  kind: string(row.kind) as MessageKind,
  generation: orNull(row.generation, number),
  body,
});

export const toTaskRow = (row: Columns, own: Pick<TaskRow, "body" | "progress">): TaskRow => ({
  no: instanceNo(number(row.no)),
  generation: number(row.generation),
  eventId: eventId(number(row.event_id)),
  instanceId: instanceId(string(row.instance_id)),
  name: string(row.name),
  worker: orNull(row.worker, (value) => workerId(number(value))),
  attempts: number(row.attempts),
  notBefore: number(row.not_before),
  crashes: number(row.crashes),
  body: own.body,
  progress: own.progress,
  createdAt: number(row.created_at),
});

/** Of a kind that its writer did not know it has none. */
const functionNamesOf = (json: unknown): FunctionNames => {
  const known = fromJson<Partial<FunctionNames>>(json);
  return byKind((kind) => known[kind] ?? []);
};

export const toWorkerRow = (row: Columns, provenDead: boolean): WorkerRow => ({
  worker: workerId(number(row.worker)),
  fence: orNull(row.fence, (value) => fence(number(value))),
  leaseUntil: number(row.lease_until),
  renewals: number(row.renewals),
  functions: functionNamesOf(row.functions),
  host: string(row.host),
  load: orNull(row.load, fromJson<WorkerLoad>),
  provenDead,
  diedAt: orNull(row.died_at, number),
});
