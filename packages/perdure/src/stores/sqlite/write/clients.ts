import type { ExecutionId } from "../../../model/ids.ts";
import { TERMINAL_STATUSES } from "../../../model/status.ts";
import type { ClientStart, DeliverReceipt, Delivery, RunInTheWay, StartReceipt } from "../../../store/contract.ts";
import type { PurgeParams, PurgeReceipt } from "../../../store/purge.ts";
import { insertInstance } from "../statements/insert-instance.ts";
import { dropInstances } from "./drop.ts";
import { checkId } from "./id.ts";
import { resolveTarget, send, targetById } from "./mail.ts";
import type { Tx } from "./tx.ts";

export function start(tx: Tx, { start: spec, onExisting, replaces }: ClientStart): StartReceipt | RunInTheWay {
  checkId(spec.instanceId);
  const { now } = tx;
  const wakeAt = Math.max(spec.startAt ?? now, now);
  const existing = targetById(tx, spec.instanceId);
  if (existing !== undefined) {
    const { status } = existing;
    const executionId = existing.execution_id as ExecutionId;
    const startId = (existing.start_id ?? executionId) as ExecutionId;
    if (startId === spec.executionId) return { outcome: "started", status, executionId };
    if (onExisting === "attach") return { outcome: "existing", status, executionId };
    if (existing.completed_at === null && onExisting === "error") return { outcome: "conflict", status, executionId };
    if (startId !== replaces) return { outcome: "inTheWay", startId };
    if (existing.completed_at === null) {
      send(tx, existing, { kind: "replace", ts: now, start: spec });
      return { outcome: "replacing", status, executionId: spec.executionId };
    }
    dropInstances(tx, [existing.no]);
  }
  insertInstance(tx.connection, { no: tx.mintNo(), start: spec, owner: null, wakeAt, createdAt: now, first: null });
  return { outcome: "started", status: "Pending", executionId: spec.executionId };
}

export function deliver(tx: Tx, { instanceId, message, orCreate }: Delivery): DeliverReceipt {
  const target = resolveTarget(tx, { to: { instanceId }, ...(orCreate === undefined ? {} : { orCreate }) });
  const sent = send(tx, target, message);
  return { outcome: sent.kind === "sent" ? "delivered" : sent.kind, status: target?.status ?? null };
}

export function purge(tx: Tx, params: PurgeParams): PurgeReceipt {
  if ("instanceId" in params) {
    const row = targetById(tx, params.instanceId);
    if (row === undefined || row.completed_at === null) return { deleted: 0, complete: true };
    dropInstances(tx, [row.no]);
    return { deleted: 1, complete: true };
  }
  const { sql, values } = doneWithin(params);
  const found = tx.connection.sql(sql).all(...values) as unknown as readonly { readonly no: number }[];
  const slice = found.slice(0, params.limit).map(({ no }) => no);
  dropInstances(tx, slice);
  return { deleted: slice.length, complete: found.length <= params.limit };
}

type RangePurge = Exclude<PurgeParams, { readonly instanceId: unknown }>;

/** Both ends of the creation range belong to it. Only finished instances are looked at, oldest end first: of each status a range of the index, merged. */
function doneWithin(params: RangePurge): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const tests: string[] = ["completed_at IS NOT NULL"];
  const values: (string | number)[] = [];
  const test = (sql: string, value: number | null) => {
    if (value !== null) tests.push(`${sql} ?${values.push(value)}`);
  };
  test("completed_at <", params.completedBefore);
  test("created_at >=", params.createdFrom);
  test("created_at <=", params.createdTo);
  const statuses = TERMINAL_STATUSES.filter((status) => params.statuses.length === 0 || params.statuses.includes(status));
  const each = statuses.map((status) => `SELECT no, completed_at FROM instances WHERE status = '${status}' AND ${tests.join(" AND ")}`);
  const found = each.length === 0 ? "SELECT no, completed_at FROM instances WHERE false" : each.join(" UNION ALL ");
  return { sql: `${found} ORDER BY completed_at LIMIT ?${values.push(params.limit + 1)}`, values };
}
