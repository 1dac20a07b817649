import type { AuditPage, AuditQuery } from "../../store/audit.ts";
import { auditPage } from "../../store/audit.ts";
import { auditRow } from "../audit-row.ts";
import type { Reader } from "./reader.ts";

/** A range of an index from its end, whatever else there is. */
export function readAudit(reader: Reader, { instanceId, limit, place, oldestFirst = false }: AuditQuery): AuditPage {
  const whose = instanceId === null ? [] : [instanceId];
  const tests = `${whose.length === 0 ? "" : "instance_id = ? AND "}seq ${oldestFirst ? ">" : "<"} ?`;
  const sql = `SELECT * FROM audit WHERE ${tests} ORDER BY seq ${oldestFirst ? "ASC" : "DESC"} LIMIT ?`;
  const rows = reader.rows(sql, ...whose, place ?? (oldestFirst ? 0 : Number.MAX_SAFE_INTEGER), limit + 1);
  return auditPage(
    rows.map((row) => ({ seq: row.seq as number, row: auditRow(row) })),
    limit,
  );
}
