import { messageOf } from "../errors/perdure-error.ts";
import { namesIn, UNKNOWN_NAMES } from "../model/executor.ts";
import type { FunctionNames } from "../model/function-kind.ts";
import { byKind, KINDS } from "../model/function-kind.ts";
import { eventId, executionId, fence, instanceId, instanceNo, workerId } from "../model/ids.ts";
import type { MessageKind } from "../model/message.ts";
import { keyOfSlot } from "../model/slot.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { HistoryChunk, InboxRow, InstanceRow, NextWake, StopReason, TaskRow, WorkerLoad, WorkerRow } from "../store/rows.ts";
import { errorText } from "../telemetry/value-text.ts";

/** What a database hands back: columns by name. */
export type Columns = { readonly [column: string]: unknown };

const number = (value: unknown): number => value as number;
const string = (value: unknown): string => value as string;
const orNull = <Value>(value: unknown, of: (value: unknown) => Value): Value | null => (value === null ? null : of(value));

/** By its outermost form: only engines of this schema write these columns. */
type Form = (value: unknown) => boolean;

const isObject = (value: unknown): value is Columns => typeof value === "object" && value !== null && !Array.isArray(value);
const isStrings: Form = (value) => Array.isArray(value) && value.every((item) => typeof item === "string");
const isTags: Form = (value) => isObject(value) && Object.values(value).every((tag) => typeof tag === "string");
const isStopReason: Form = (value) => isObject(value) && typeof value.code === "string" && typeof value.message === "string";
const isParent: Form = (value) =>
  isObject(value) && [value.no, value.generation, value.taskId].every(Number.isSafeInteger) && typeof value.instanceId === "string";
const isLoad: Form = (value) => isObject(value) && [value.busy, value.owned, value.activities].every(Number.isFinite);
const isNames: Form = (value) => isObject(value) && KINDS.every((kind) => value[kind] === undefined || isStrings(value[kind]));

function fromJson<Value>(json: unknown, hasForm: Form): Value {
  const value: unknown = JSON.parse(string(json));
  if (!hasForm(value)) throw new Error("it is not what is written there");
  return value as Value;
}

/** For columns without which one can do. */
function fromJsonOr<Value>(json: unknown, hasForm: Form, otherwise: Value): Value {
  try {
    return json === null ? otherwise : fromJson(json, hasForm);
  } catch {
    return otherwise;
  }
}

/** Why an instance is stopped; null: it is not, or that cannot be read. */
export const stopReasonOf = (stopped: unknown): StopReason | null => fromJsonOr<StopReason | null>(stopped, isStopReason, null);

/** The columns of one row that may be damaged, each read by itself: one that cannot be read is null, and harms no other column or row. */
class Readings {
  readonly faults: string[] = [];

  of<Value>(column: string, read: () => Value | null): Value | null {
    try {
      return read();
    } catch (error) {
      this.faults.push(`column ${column}: ${errorText(error)}`);
      return null;
    }
  }

  json<Value>(row: Columns, column: string, hasForm: Form): Value | null {
    const stored = row[column];
    return stored === null || stored === undefined ? null : this.of(column, () => fromJson<Value>(stored, hasForm));
  }
}

/** `next_wake`: 0 stands for "at once". */
export const nextWakeColumn = (nextWake: NextWake): number | null => (nextWake === "now" ? 0 : nextWake);
export const nextWakeOf = (value: unknown): NextWake => (value === 0 ? "now" : orNull(value, number));

/**
 * Of instances `i`, with the time of the last change: while one lives, that is in the last row of its history when its own row was left alone.
 * The last row is found by one step down an index.
 */
export const instanceColumns = (history: string, columns = "i.*"): string => `${columns}, CASE WHEN i.completed_at IS NULL THEN (
  SELECT h.at FROM ${history} h WHERE h.no = i.no AND h.generation = i.generation ORDER BY h.first_seq DESC LIMIT 1) END AS history_at`;

/** What each store keeps in a way of its own. */
export type OwnColumns = { readonly [column in "customStatus" | "input" | "output"]: () => string | null };

/** `own` is what each store keeps in a way of its own; so in the others. Of what cannot be read its status says so, whatever asks for it. */
export function toInstanceRow(row: Columns, own: OwnColumns): InstanceRow {
  const readings = new Readings();
  const read = {
    poisonCodeVersions: readings.json<readonly string[]>(row, "poison_code_versions", isStrings) ?? [],
    stopped: readings.json<StopReason>(row, "stopped", isStopReason),
    customStatus: readings.of("custom_status", own.customStatus),
    input: readings.of("input", own.input),
    output: readings.of("output", own.output),
    tags: readings.json<NonNullable<InstanceRow["tags"]>>(row, "tags", isTags),
    parent: readings.json<NonNullable<InstanceRow["parent"]>>(row, "parent", isParent),
  };
  const plain = { ...plainColumns(row), ...read };
  if (readings.faults.length === 0) return plain;
  const unreadable = `row ${plain.no} of table instances, ${readings.faults.join("; ")}`;
  return { ...plain, unreadable, stopped: plain.stopped ?? unreadableReason(unreadable, plain.updatedAt) };
}

const unreadableReason = (what: string, at: number): StopReason => {
  const code = "STORED_DATA_UNREADABLE";
  return { code, message: messageOf(code, what), at, codeMayCure: false };
};

const plainColumns = (row: Columns) => ({
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
  status: string(row.status) as RuntimeStatus,
  orchestrationVersion: orNull(row.orchestration_version, string),
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

/** For texts that are parsed later, each by itself: one that is damaged must not keep its neighbours from being read. */
export const orSay = (read: () => string): string => {
  try {
    return read();
  } catch (error) {
    return unreadableText(error);
  }
};

const unreadableText = (error: unknown): string => `unreadable: ${errorText(error)}`;

/** Without its last heartbeat an activity might do again what it has done: the whole row is not what was written then. */
function taskTexts(own: Parameters<typeof toTaskRow>[1]): Pick<TaskRow, "body" | "progress"> {
  try {
    return { body: own.body(), progress: own.progress() };
  } catch (error) {
    return { body: unreadableText(error), progress: null };
  }
}

const slotOf = ({ slot, slot_limit: limit }: Columns): Pick<TaskRow, "slot"> =>
  typeof slot === "string" ? { slot: { key: keyOfSlot(slot), limit: number(limit) } } : {};

export const toTaskRow = (row: Columns, own: { readonly body: () => string; readonly progress: () => string | null }): TaskRow => ({
  no: instanceNo(number(row.no)),
  generation: number(row.generation),
  eventId: eventId(number(row.event_id)),
  instanceId: instanceId(string(row.instance_id)),
  name: string(row.name),
  worker: orNull(row.worker, (value) => workerId(number(value))),
  attempts: number(row.attempts),
  notBefore: number(row.not_before),
  crashes: number(row.crashes),
  ...slotOf(row),
  ...taskTexts(own),
  createdAt: number(row.created_at),
});

/**
 * Of a kind that its writer did not know it has none. A worker whose row does not tell it may have any function: no call is failed because no worker
 * offers it, and none is left to that worker.
 */
function functionNamesOf(json: unknown): FunctionNames {
  const known = fromJsonOr<Partial<FunctionNames> | null>(json, isNames, null);
  if (known === null) return UNKNOWN_NAMES;
  const names = byKind((kind) => known[kind] ?? []);
  try {
    namesIn(names);
    return names;
  } catch {
    return UNKNOWN_NAMES; // the versions of one of them
  }
}

export function toWorkerRow(row: Columns, provenDead: boolean): WorkerRow {
  const functions = functionNamesOf(row.functions);
  const load = fromJsonOr<WorkerLoad | null>(row.load, isLoad, null);
  const unreadable = [...(functions === UNKNOWN_NAMES ? ["functions"] : []), ...(load === null && row.load !== null ? ["load"] : [])];
  return {
    worker: workerId(number(row.worker)),
    fence: orNull(row.fence, (value) => fence(number(value))),
    leaseUntil: number(row.lease_until),
    renewals: number(row.renewals),
    functions,
    host: string(row.host),
    load,
    provenDead,
    diedAt: orNull(row.died_at, number),
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}
