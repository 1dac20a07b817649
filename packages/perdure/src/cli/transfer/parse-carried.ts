import { fault } from "../../errors/perdure-error.ts";
import { AUDIT_WHATS } from "../../model/audit.ts";
import type { HistoryEvent, ParentRef, Tags } from "../../model/history.ts";
import { ENTITY_MARK, storedIdProblem } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import { isRecord } from "../../model/options.ts";
import type { Slot } from "../../model/slot.ts";
import { slotKeyProblem } from "../../model/slot-key.ts";
import { runtimeStatusNamed } from "../../model/status.ts";
import type { AuditRow } from "../../store/audit.ts";
import type { NextWake, StopReason } from "../../store/rows.ts";
import type { Carried, CarriedAudit, CarriedRow, CarriedTask } from "./carried.ts";

type Fields = { readonly [name: string]: unknown };

/**
 * What `perdure export` wrote. Its outer form is checked: everything that a store has a column for. Events and messages inside are read by the engine, which
 * stops the instance where it cannot.
 */
export function parseCarried(value: unknown, path: string): Carried | CarriedAudit {
  const bad = (problem: string): never => {
    throw fault("IMPORT_INVALID", path, problem);
  };
  if (isRecord(value) && value.audit !== undefined) {
    if (Array.isArray(value.audit) && value.audit.every(isAuditRow)) return { audit: value.audit };
    return bad("its audit has another line than perdure export writes");
  }
  if (!isRecord(value) || typeof value.instanceId !== "string") return bad("an entry has no instanceId");
  const id = value.instanceId;
  const of = (what: string): never => bad(`the entry of "${id}" has no ${what}, or another than perdure export writes`);
  // Of entities and of what is built in, too.
  const problem = storedIdProblem(id.startsWith(ENTITY_MARK) ? `_${id.slice(1)}` : id);
  if (problem !== null) return bad(`the id "${id}" cannot be: ${problem}`);
  const { name, version, runtimeStatus, history, row, mail, tasks } = value;
  const status = typeof runtimeStatus === "string" ? runtimeStatusNamed(runtimeStatus) : null;
  if (typeof name !== "string" || name === "") return of("name");
  if (!isText(version)) return of("version");
  if (status === null) return of("runtimeStatus");
  if (!Array.isArray(history) || !history.every(isEvent)) return of("history");
  if (!isRecord(row)) return of("row");
  if (!Array.isArray(mail) || !mail.every(isMessage)) return of("mail");
  if (!Array.isArray(tasks) || !tasks.every(isTask)) return of("tasks");
  const wrong = Object.entries(ROW).find(([field, fits]) => !fits(row[field]));
  if (wrong !== undefined) return of(`row.${wrong[0]}`);
  // Safe: each field was just checked.
  return { instanceId: id, name, version, runtimeStatus: status, history, row: row as unknown as CarriedRow, mail, tasks };
}

type Fits<T> = (value: unknown) => value is T;

const isText = (value: unknown): value is string | null => value === null || typeof value === "string";
const isString = (value: unknown): value is string => typeof value === "string" && value !== "";
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isWholeOrNull = (value: unknown): value is number | null => value === null || isWhole(value);
const isNo = (value: unknown): value is number => isWhole(value) && value > 0;
const isNextWake = (value: unknown): value is NextWake => value === "now" || isWholeOrNull(value);
const isJsonText = (value: unknown): value is string | null => {
  if (!isText(value)) return false;
  try {
    if (value !== null) JSON.parse(value);
    return true;
  } catch {
    return false;
  }
};
const isTags = (value: unknown): value is Tags | null =>
  value === null || (isRecord(value) && Object.values(value).every((tag) => typeof tag === "string"));
const isParent = (value: unknown): value is ParentRef | null =>
  value === null || (isRecord(value) && isNo(value.no) && isString(value.instanceId) && isWhole(value.generation) && isWhole(value.taskId));
const isStop = (value: unknown): value is StopReason | null =>
  value === null || (isRecord(value) && isString(value.code) && typeof value.message === "string" && isWhole(value.at));

const ROW: { readonly [Field in keyof CarriedRow]: Fits<CarriedRow[Field]> } = {
  no: isNo,
  executionId: isString,
  startId: isString,
  generation: isWhole,
  nextWake: isNextWake,
  stopped: isStop,
  customStatus: isJsonText,
  input: isJsonText,
  output: isJsonText,
  tags: isTags,
  parent: isParent,
  startAt: isWholeOrNull,
  createdAt: isWhole,
  updatedAt: isWhole,
  completedAt: isWholeOrNull,
};

const isEvent = (value: unknown): value is HistoryEvent => isRecord(value) && isString(value.kind) && isWhole(value.ts);
const isMessage = (value: unknown): value is Message => isRecord(value) && isString(value.kind) && isWhole(value.ts);

const isSlot = (value: unknown): value is Slot | undefined =>
  value === undefined || (isRecord(value) && slotKeyProblem(value.key) === null && isNo(value.limit));

const TASK: { readonly [Field in keyof CarriedTask]: Fits<CarriedTask[Field]> } = {
  generation: isWhole,
  eventId: isWhole,
  name: isString,
  notBefore: isWhole,
  crashes: isWhole,
  slot: isSlot,
  progress: isJsonText,
  body: (value): value is string => isString(value) && isJsonText(value),
};

const isTask = (value: unknown): value is CarriedTask =>
  isRecord(value) && Object.entries(TASK).every(([field, fits]) => fits((value as Fields)[field]));

const AUDIT: { readonly [Field in keyof AuditRow]: Fits<AuditRow[Field]> } = {
  instanceId: (value): value is AuditRow["instanceId"] => isString(value),
  no: (value): value is AuditRow["no"] => value === null || isNo(value),
  what: (value): value is AuditRow["what"] => AUDIT_WHATS.some((what) => what === value),
  at: isWhole,
  firstAt: isWhole,
  count: isNo,
  by: isText,
  reason: isText,
  detail: (value): value is string => isString(value) && isJsonText(value),
};

const isAuditRow = (value: unknown): value is AuditRow =>
  isRecord(value) && Object.entries(AUDIT).every(([field, fits]) => fits((value as Fields)[field]));
