import type { AuditWhat } from "../model/audit.ts";
import type { InstanceId, InstanceNo } from "../model/ids.ts";
import type { AuditRow } from "../store/audit.ts";
import type { Columns } from "./sql-rows.ts";

/** Columns of the table `audit`, which have the same names in both databases. */
export const auditRow = (row: Columns): AuditRow => ({
  instanceId: row.instance_id as InstanceId,
  no: row.no as InstanceNo | null,
  what: row.what as AuditWhat,
  at: row.at as number,
  firstAt: row.first_at as number,
  count: row.count as number,
  by: row.by as string | null,
  reason: row.reason as string | null,
  detail: row.detail as string,
});
