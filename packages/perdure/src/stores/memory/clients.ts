import type { InstanceId } from "../../model/ids.ts";
import { ENTITY_MARK, instanceNo } from "../../model/ids.ts";
import { isTerminal } from "../../model/status.ts";
import type {
  ClientStart,
  DeliverReceipt,
  Delivery,
  InstancePage,
  InstanceQuery,
  Payloads,
  RunInTheWay,
  StartReceipt,
} from "../../store/contract.ts";
import type { EndedSince, EndRow, EndsPlace, EndsQuestion } from "../../store/ends.ts";
import { endsAnswer, questionOf } from "../../store/ends.ts";
import { MOST_ENDED } from "../../store/limits.ts";
import { parsePageToken } from "../../store/page-token.ts";
import type { PurgeParams, PurgeReceipt } from "../../store/purge.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { cutPage } from "../page-cut.ts";
import { newRow } from "./create.ts";
import { resolveTarget, send } from "./mail.ts";
import type { Tables } from "./tables.ts";

export function start(tables: Tables, { start: spec, onExisting, replaces }: ClientStart): StartReceipt | RunInTheWay {
  const now = tables.now();
  const existing = tables.find(spec.instanceId);
  if (existing !== undefined) {
    const { status, executionId, startId } = existing;
    if (startId === spec.executionId) return { outcome: "started", status, executionId };
    if (onExisting === "attach") return { outcome: "existing", status, executionId };
    if (existing.completedAt === null && onExisting === "error") return { outcome: "conflict", status, executionId };
    if (startId !== replaces) return { outcome: "inTheWay", startId };
    if (existing.completedAt === null) {
      send(tables, existing, { kind: "replace", ts: now, start: spec });
      return { outcome: "replacing", status, executionId: spec.executionId };
    }
    tables.dropInstance(existing.no);
  }
  const no = instanceNo(tables.next("instance"));
  tables.putInstance(newRow(no, spec, null, Math.max(spec.startAt ?? now, now), now));
  return { outcome: "started", status: "Pending", executionId: spec.executionId };
}

export function deliver(tables: Tables, { instanceId, message, orCreate }: Delivery): DeliverReceipt {
  const target = resolveTarget(tables, { to: { instanceId }, ...(orCreate === undefined ? {} : { orCreate }) });
  const sent = send(tables, target, message);
  return { outcome: sent.kind === "sent" ? "delivered" : sent.kind, status: target?.status ?? null };
}

export function readInstances(tables: Tables, ids: readonly InstanceId[], payloads: Payloads = "all"): readonly InstanceRow[] {
  return ids.flatMap((id) => {
    const row = tables.find(id);
    return row === undefined ? [] : [withPayloads(row, payloads)];
  });
}

function withPayloads(row: InstanceRow, payloads: Payloads): InstanceRow {
  if (payloads === "all") return row;
  return payloads === "none" ? { ...row, input: null, output: null, customStatus: null } : { ...row, input: null };
}

export function readEnded(tables: Tables, since: EndsPlace | null): EndedSince {
  return endsAnswer(since, since === null ? [] : endsOf(tables, questionOf(since)), { from: tables.now() });
}

function endsOf(tables: Tables, { from, after }: EndsQuestion): readonly EndRow[] {
  const rows: EndRow[] = [];
  for (const { instanceId, no, completedAt } of tables.instances.values()) {
    if (completedAt === null || completedAt < from) continue;
    if (after === null || completedAt > after.completedAt || (completedAt === after.completedAt && no > after.no))
      rows.push({ instanceId, no, completedAt });
  }
  return rows.sort((a, b) => a.completedAt - b.completedAt || a.no - b.no).slice(0, MOST_ENDED + 1);
}

export function query(tables: Tables, params: InstanceQuery): InstancePage {
  const { idPrefix, stopped, showEntities, continuation } = params;
  const from = continuation === null ? null : parsePageToken(continuation);
  const rows = [...tables.instances.values()]
    .filter((row) => isCreatedWithin(row, params) && hasStatus(row, params))
    .filter((row) => idPrefix === null || row.instanceId.startsWith(idPrefix))
    .filter((row) => stopped === null || (row.stopped !== null) === stopped)
    .filter((row) => showEntities !== false || !row.instanceId.startsWith(ENTITY_MARK))
    .filter((row) => from === null || row.createdAt > from.createdAt || (row.createdAt === from.createdAt && row.no > from.no))
    .sort((a, b) => a.createdAt - b.createdAt || a.no - b.no);
  return cutPage(rows, (row) => (params.showInput === false ? { ...row, input: null } : row), params);
}

export function purge(tables: Tables, params: PurgeParams): PurgeReceipt {
  if ("instanceId" in params) {
    const row = tables.find(params.instanceId);
    if (row === undefined || row.completedAt === null) return { deleted: 0, complete: true };
    tables.dropInstance(row.no);
    return { deleted: 1, complete: true };
  }
  const { completedBefore, limit } = params;
  const done = [...tables.instances.values()]
    .filter((row) => isTerminal(row.status) && isCreatedWithin(row, params) && hasStatus(row, params))
    .filter((row) => completedBefore === null || (row.completedAt !== null && row.completedAt < completedBefore));
  const slice = done.slice(0, limit);
  for (const row of slice) tables.dropInstance(row.no);
  return { deleted: slice.length, complete: slice.length === done.length };
}

/** Both ends belong to the range. */
function isCreatedWithin(row: InstanceRow, range: Pick<InstanceQuery, "createdFrom" | "createdTo">): boolean {
  if (range.createdFrom !== null && row.createdAt < range.createdFrom) return false;
  return range.createdTo === null || row.createdAt <= range.createdTo;
}

const hasStatus = (row: InstanceRow, { statuses }: Pick<InstanceQuery, "statuses">) =>
  statuses.length === 0 || statuses.includes(row.status);
