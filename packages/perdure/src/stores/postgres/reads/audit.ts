import type { Audit, AuditPage, AuditQuery, AuditRow, AuditTrim } from "../../../store/audit.ts";
import { auditPage, trimmedTo } from "../../../store/audit.ts";
import { auditRow } from "../../audit-row.ts";
import type { Row, Statement } from "../connections/link.ts";

export const auditOf = (run: (statement: (schema: string) => Statement) => Promise<readonly Row[]>): Audit => ({
  read: async (query) => auditPageOf(await run((schema) => auditStatement(schema, query)), query),
  trim: async (params) => trimmed((await run((schema) => trimStatement(schema, params)))[0], params),
  add: async (rows) => {
    await run((schema) => addAuditStatement(schema, rows));
  },
});

/** A range of an index from its end, whatever else there is. */
function auditStatement(schema: string, { instanceId, limit, place, oldestFirst = false }: AuditQuery): Statement {
  const values: unknown[] = [place ?? (oldestFirst ? 0 : Number.MAX_SAFE_INTEGER), limit + 1];
  const whose = instanceId === null ? "" : `instance_id = $${values.push(instanceId)} AND `;
  const [test, order] = oldestFirst ? [">", "ASC"] : ["<", "DESC"];
  return { text: `SELECT * FROM ${schema}.audit WHERE ${whose}seq ${test} $1 ORDER BY seq ${order} LIMIT $2`, values };
}

const auditPageOf = (rows: readonly Row[], { limit }: AuditQuery): AuditPage =>
  auditPage(
    rows.map((row) => ({ seq: row.seq as number, row: auditRow(row) })),
    limit,
  );

/** A line that counts a continue-as-new just now is left for the next time. */
const trimStatement = (schema: string, { before, place, limit }: AuditTrim): Statement => ({
  text: `WITH oldest AS MATERIALIZED (SELECT seq, at, first_at FROM ${schema}.audit WHERE seq > $1 ORDER BY seq LIMIT $2),
    gone AS (DELETE FROM ${schema}.audit WHERE seq IN (
      SELECT a.seq FROM ${schema}.audit a WHERE a.seq IN (SELECT o.seq FROM oldest o WHERE o.at < $3) AND a.at < $3 FOR UPDATE SKIP LOCKED))
    SELECT count(*) AS looked, max(seq) AS seq, max(first_at) AS first_at FROM oldest`,
  values: [place ?? 0, limit, before],
});

const trimmed = (row: Row | undefined, params: AuditTrim): number | null =>
  row === undefined || row.seq === null
    ? null
    : trimmedTo(row.looked as number, { seq: row.seq as number, firstAt: row.first_at as number }, params);

/** Of a store in which nothing else happens meanwhile. */
const addAuditStatement = (schema: string, rows: readonly AuditRow[]): Statement => ({
  text: `INSERT INTO ${schema}.audit (no, at, first_at, count, instance_id, what, by, reason, detail)
    SELECT (r ->> 'no')::bigint, (r ->> 'at')::bigint, (r ->> 'firstAt')::bigint, (r ->> 'count')::bigint, r ->> 'instanceId', r ->> 'what', r ->> 'by', r ->> 'reason', r ->> 'detail'
    FROM json_array_elements($1::json) WITH ORDINALITY AS e (r, place) ORDER BY place`,
  values: [JSON.stringify(rows)],
});
