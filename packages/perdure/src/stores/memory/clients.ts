import { instanceKey } from "../../model/function-kind.ts";
import type { InstanceId, InstanceNo } from "../../model/ids.ts";
import { instanceNo } from "../../model/ids.ts";
import type { StartSpec } from "../../model/start.ts";
import type { AuditNote } from "../../store/audit.ts";
import { purgeNote, REPLACED } from "../../store/audit.ts";
import type { ClientStart, DeliverReceipt, Delivery, RunInTheWay, StartReceipt } from "../../store/contract.ts";
import type { EndedSince, EndRow, EndsPlace, EndsQuestion } from "../../store/ends.ts";
import { endsAnswer, questionOf } from "../../store/ends.ts";
import { matches } from "../../store/filter.ts";
import { MOST_ENDED } from "../../store/limits.ts";
import type { Place } from "../../store/page-token.ts";
import { pageToken, parsePageToken } from "../../store/page-token.ts";
import { acceptedStart } from "../../store/parse.ts";
import type { PurgeParams, PurgeRange, PurgeReceipt } from "../../store/purge.ts";
import type { CountQuery, InstanceCount, InstancePage, InstanceQuery, Payloads } from "../../store/queries.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { cutPage, placeOf } from "../page-cut.ts";
import { purgeTree } from "../purge-tree.ts";
import { noteRuns } from "./audit.ts";
import { newRow } from "./create.ts";
import { inherit } from "./inherit.ts";
import { resolveTarget, send } from "./mail.ts";
import type { Tables } from "./tables.ts";
import { giveSlots } from "./tasks.ts";

export function start(tables: Tables, { start: spec, onExisting, replaces, note }: ClientStart): StartReceipt | RunInTheWay {
  const now = tables.now();
  const no = instanceNo(tables.next("instance"));
  carryOutAccepted(tables, tables.find(spec.instanceId));
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
  }
  takePlace(tables, existing, no, spec, note);
  return { outcome: "started", status: "Pending", executionId: spec.executionId };
}

/** The start that an ended run has accepted in its place. A later one of its inbox goes with what the first one inherits. False: there is none. */
export function carryOutAccepted(tables: Tables, ended: InstanceRow | undefined): boolean {
  if (ended === undefined || ended.completedAt === null) return false;
  const [row] = tables.mailOf(ended.no).filter(({ kind }) => kind === "replace");
  const spec = row === undefined ? undefined : acceptedStart(row);
  if (spec === undefined || typeof spec === "string") return false; // nothing damages memory
  takePlace(tables, ended, instanceNo(tables.next("instance")), spec);
  return true;
}

function takePlace(tables: Tables, ended: InstanceRow | undefined, no: InstanceNo, spec: StartSpec, note?: AuditNote): void {
  const now = tables.now();
  let hasMail = false;
  if (ended !== undefined) {
    hasMail = inherit(tables, ended.no, no, spec);
    noteRuns(tables, [ended.no], note ?? REPLACED);
    tables.dropInstance(ended.no);
    giveSlots(tables);
  }
  tables.putInstance(newRow(no, spec, null, hasMail ? now : Math.max(spec.startAt ?? now, now), now));
  if (ended === undefined && note !== undefined) noteRuns(tables, [no], note);
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
  const { found, more, upTo } = purged(tables, params);
  const tree =
    params.recursive === true ? purgeTree(found, (nos, most) => endedChildren(tables, nos, most)) : { nos: found, isWhole: true };
  noteRuns(tables, tree.nos, purgeNote(params));
  for (const no of tree.nos) tables.dropInstance(no);
  giveSlots(tables);
  const complete = !more && tree.isWhole;
  return { deleted: tree.nos.length, complete, ...(upTo === undefined || !tree.isWhole ? {} : { upTo }) };
}

interface Purged {
  readonly found: readonly InstanceNo[];
  readonly more: boolean;
  readonly upTo?: number | undefined;
}

function purged(tables: Tables, params: PurgeParams): Purged {
  const isEnded = (row: InstanceRow | undefined) => row !== undefined && hasEndedForGood(tables, row);
  if ("instanceId" in params) {
    const row = tables.find(params.instanceId);
    return { found: row !== undefined && isEnded(row) ? [row.no] : [], more: false };
  }
  if ("nos" in params) return { found: params.nos.filter((no) => isEnded(tables.instances.get(no))), more: false };
  const done = [...tables.instances.values()]
    .filter((row) => hasEndedForGood(tables, row) && isInRange(tables, row, params))
    .sort((a, b) => (a.completedAt ?? 0) - (b.completedAt ?? 0));
  const slice = done.slice(0, params.limit);
  return { found: slice.map(({ no }) => no), more: slice.length < done.length, upTo: slice.at(-1)?.completedAt ?? undefined };
}

/** One that has accepted a start in its place has not. */
const hasEndedForGood = (tables: Tables, { no, completedAt }: InstanceRow): boolean =>
  completedAt !== null && !tables.mailOf(no).some(({ kind }) => kind === "replace");

function isInRange(tables: Tables, row: InstanceRow, params: PurgeRange): boolean {
  const { completedBefore, completedFrom, statuses, createdFrom, createdTo, names, keepsUnderLiveParents } = params;
  const { completedAt, parent } = row;
  if (completedAt === null || (completedBefore !== null && completedAt >= completedBefore) || completedAt < (completedFrom ?? 0))
    return false;
  if (statuses.length > 0 && !statuses.includes(row.status)) return false;
  if ((createdFrom !== null && row.createdAt < createdFrom) || (createdTo !== null && row.createdAt > createdTo)) return false;
  const key = instanceKey(row);
  if (names !== undefined && ("only" in names ? !names.only.includes(key) : names.except.includes(key))) return false;
  return keepsUnderLiveParents !== true || parent === null || tables.instances.get(parent.no)?.completedAt !== null;
}

function endedChildren(tables: Tables, parents: readonly InstanceNo[], most: number): readonly InstanceNo[] {
  const wanted = new Set(parents);
  const rows = [...tables.instances.values()].filter(
    (row) => row.parent !== null && wanted.has(row.parent.no) && hasEndedForGood(tables, row),
  );
  return rows.slice(0, most).map(({ no }) => no);
}
