import type { AuditNote, AuditRow, AuditTrim } from "../../../store/audit.ts";
import { trimmedTo } from "../../../store/audit.ts";
import type { Tx } from "./tx.ts";

/** The detail of a note is put behind the facts as text: json_patch takes a null for the wish to leave a member out. */
const RUNS = `INSERT INTO audit (no, instance_id, what, at, first_at, count, by, reason, detail)
  SELECT no, instance_id, ?2, ?3, ?3, 1, ?4, ?5, CASE ?6 WHEN '{}' THEN facts ELSE rtrim(facts, '}') || ',' || substr(?6, 2) END
  FROM (SELECT i.no, i.instance_id, json_object('executionId', i.execution_id, 'name', i.name, 'status', i.status,
      'createdAt', i.created_at, 'endedAt', i.completed_at,
      'events', (SELECT ifnull(sum(h.count), 0) FROM history h WHERE h.no = i.no AND h.generation = i.generation)) AS facts
    FROM instances i WHERE i.no IN (SELECT value FROM json_each(?1)) ORDER BY i.no)`;

/** A line for each of these instances as they are now. */
export function noteRuns({ connection, now }: Tx, nos: readonly number[], { what, by, reason, detail = "{}" }: AuditNote): void {
  if (nos.length > 0) connection.sql(RUNS).run(JSON.stringify(nos), what, now, by, reason, detail);
}

const AGAIN = "UPDATE audit SET at = ?, count = count + ? WHERE no = ? AND what = 'continueAsNew'";
const FIRST = `INSERT INTO audit (no, instance_id, what, at, first_at, count, detail)
  SELECT no, instance_id, 'continueAsNew', ?2, ?2, ?3, json_object('executionId', execution_id, 'name', name) FROM instances WHERE no = ?1`;

/** To be called before the row is written. Two statements, since all but the first time need the smaller one only. */
export function noteLoop({ connection, now }: Tx, no: number, times: number): void {
  if (connection.sql(AGAIN).run(now, times, no).changes === 0) connection.sql(FIRST).run(no, now, times);
}

const OLDEST = `SELECT count(*) AS looked, max(seq) AS seq, max(first_at) AS firstAt, min(at) AS at
  FROM (SELECT seq, first_at, at FROM audit WHERE seq > ? ORDER BY seq LIMIT ?)`;

export function trimAudit({ connection }: Tx, params: AuditTrim): number | null {
  const place = params.place ?? 0;
  const { looked, seq, firstAt, at } = connection.sql(OLDEST).get(place, params.limit) as unknown as Oldest;
  if (seq === null) return null;
  if (at < params.before) connection.sql("DELETE FROM audit WHERE seq > ? AND seq <= ? AND at < ?").run(place, seq, params.before);
  return trimmedTo(looked, { seq, firstAt }, params);
}

interface Oldest {
  readonly looked: number;
  /** Null: there are none. */
  readonly seq: number | null;
  readonly firstAt: number;
  readonly at: number;
}

const ADD = "INSERT INTO audit (no, instance_id, what, at, first_at, count, by, reason, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

export function addAudit({ connection }: Tx, rows: readonly AuditRow[]): void {
  const statement = connection.sql(ADD);
  for (const { no, instanceId, what, at, firstAt, count, by, reason, detail } of rows)
    statement.run(no, instanceId, what, at, firstAt, count, by, reason, detail);
}
