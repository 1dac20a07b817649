import type { InstanceNo } from "../../model/ids.ts";
import type { AuditNote, AuditPage, AuditQuery, AuditRow, AuditTrim } from "../../store/audit.ts";
import { auditPage, trimmedTo } from "../../store/audit.ts";
import type { InstanceRow } from "../../store/rows.ts";
import type { Tables } from "./tables.ts";

/** The memory of a process must not grow with what is purged there. */
const MOST_LINES = 10_000;

/** A line for each of these instances as they are now. */
export function noteRuns(tables: Tables, nos: readonly InstanceNo[], note: AuditNote): void {
  const now = tables.now();
  for (const no of nos) {
    const row = tables.instances.get(no);
    if (row === undefined) continue;
    const { what, by, reason, detail } = note;
    const facts = { ...factsOf(tables, row), ...(detail === undefined ? {} : JSON.parse(detail)) };
    put(tables, { instanceId: row.instanceId, no, what, at: now, firstAt: now, count: 1, by, reason, detail: JSON.stringify(facts) });
  }
}

/** `row`: as it was before. */
export function noteLoop(tables: Tables, { no, instanceId, name, executionId }: InstanceRow, times: number): void {
  const at = tables.now();
  const seq = tables.loops.get(no);
  const line = seq === undefined ? undefined : tables.audit.get(seq);
  if (seq !== undefined && line !== undefined) tables.set(tables.audit, seq, { ...line, at, count: line.count + times });
  else {
    const detail = JSON.stringify({ executionId, name });
    put(tables, { instanceId, no, what: "continueAsNew", at, firstAt: at, count: times, by: null, reason: null, detail });
  }
}

export function add(tables: Tables, rows: readonly AuditRow[]): void {
  for (const row of rows) put(tables, row);
}

export function read({ audit }: Tables, { instanceId, limit, place, oldestFirst = false }: AuditQuery): AuditPage {
  const found = [...audit]
    .map(([seq, row]) => ({ seq, row }))
    .filter(
      ({ seq, row }) =>
        (place === null || (oldestFirst ? seq > place : seq < place)) && (instanceId === null || row.instanceId === instanceId),
    );
  return auditPage(oldestFirst ? found : found.reverse(), limit);
}

export function trim(tables: Tables, params: AuditTrim): number | null {
  const found = [...tables.audit].filter(([seq]) => seq > (params.place ?? 0)).slice(0, params.limit);
  for (const [seq, { at }] of found) if (at < params.before) drop(tables, seq);
  const last = found.at(-1);
  return trimmedTo(found.length, last === undefined ? null : { seq: last[0], firstAt: last[1].firstAt }, params);
}

function put(tables: Tables, row: AuditRow): void {
  const seq = tables.next("audit");
  tables.set(tables.audit, seq, row);
  if (row.what === "continueAsNew" && row.no !== null) tables.set(tables.loops, row.no, seq);
  drop(tables, seq - MOST_LINES);
}

function drop(tables: Tables, seq: number): void {
  const gone = tables.audit.get(seq);
  if (gone === undefined) return;
  tables.set(tables.audit, seq, undefined);
  if (gone.what === "continueAsNew" && gone.no !== null) tables.set(tables.loops, gone.no, undefined);
}

function factsOf(tables: Tables, { no, executionId, name, status, createdAt, completedAt: endedAt, generation }: InstanceRow) {
  const chunks = (tables.history.get(no) ?? []).filter((chunk) => chunk.generation === generation);
  return { executionId, name, status, createdAt, endedAt, events: chunks.reduce((sum, { count }) => sum + count, 0) };
}
