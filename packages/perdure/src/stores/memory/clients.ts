import type { InstanceId } from "../../model/ids.ts";
import { instanceNo } from "../../model/ids.ts";
import { isTerminal } from "../../model/status.ts";
import type { ClientStart, DeliverReceipt, Delivery, RunInTheWay, StartReceipt } from "../../store/contract.ts";
import type { EndedSince, EndRow, EndsPlace, EndsQuestion } from "../../store/ends.ts";
import { endsAnswer, questionOf } from "../../store/ends.ts";
import { matches } from "../../store/filter.ts";
import { MOST_ENDED } from "../../store/limits.ts";
import type { Place } from "../../store/page-token.ts";
import { pageToken, parsePageToken } from "../../store/page-token.ts";
import type { PurgeParams, PurgeReceipt } from "../../store/purge.ts";
import type { CountQuery, InstanceCount, InstancePage, InstanceQuery, Payloads } from "../../store/queries.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { cutPage, placeOf } from "../page-cut.ts";
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
  const { orderBy: by = "created", newestFirst = false, payloads = "all", continuation, lookAtMost = Number.POSITIVE_INFINITY } = params;
  const from = continuation === null ? null : parsePageToken(continuation, by);
  const direction = newestFirst ? -1 : 1;
  const compare = (a: Place, b: Place) => (a.at - b.at || a.no - b.no) * direction;
  const ordered = [...tables.instances.values()]
    .filter((row) => by === "created" || row.completedAt !== null)
    .map((row) => ({ ...placeOf(row, by), row }))
    .filter((place) => from === null || compare(place, from) > 0)
    .sort(compare);
  const looked = ordered.slice(0, lookAtMost);
  const part = cutPage(
    looked.filter(({ row }) => matches(row, params)),
    ({ row }) => withPayloads(row, payloads),
    params,
  );
  const edge = looked.length < ordered.length ? looked.at(-1) : undefined;
  const end = part.isCut && part.last !== null ? placeOf(part.last, by) : edge;
  const isTired = !part.isCut && edge !== undefined;
  return { rows: part.rows, continuation: end === undefined ? null : pageToken(end, by), reachedBackTo: isTired ? edge.at : null };
}

export function count(tables: Tables, { filter, cap }: CountQuery): InstanceCount {
  const found = [...tables.instances.values()].filter((row) => matches(row, filter)).length;
  return { count: Math.min(found, cap), exact: found <= cap };
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
