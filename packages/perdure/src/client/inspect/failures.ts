import type { Failure } from "../../model/failure.ts";
import { functionKey } from "../../model/function-name.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { definedOf } from "../../model/options.ts";
import { authorPlace } from "../../model/stack-place.ts";
import { nodeCrypto } from "../../process/node-crypto.ts";
import type { Store } from "../../store/contract.ts";
import { firstOfRange } from "../../store/history-range.ts";
import type { InstanceQuery } from "../../store/queries.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { withoutBuiltIn } from "../built-in-instances.ts";
import { LOOK_AT_MOST, storable } from "../lists.ts";
import type { FailureFilter, FailureGroup, InspectedFailures } from "./failure-types.ts";
import { patternOf } from "./fingerprint.ts";
import { eventsWithin } from "./history.ts";
import { clientFilter } from "./lists.ts";
import { oneLine, textOfOutput } from "./preview.ts";
import { shownRow } from "./rows.ts";
import type { CodeSite } from "./types.ts";

type Reads = Pick<Store, "query" | "getInstance" | "readHistoryRange" | "readWorkers">;

/** Of those that failed, and of those that are stopped. */
const MOST_LOOKED_AT = 2_000;
const PAGE = 500;
const PAGE_BYTES = 4 * 1_024 * 1_024;
/** Groups of which the newest is looked into: the largest. */
const MOST_LOOKED_INTO = 50;
const LAST_EVENTS = 200;
const LAST_BYTES = 256 * 1_024;
/** An id in the text of its own failure says nothing of what happened, also where it has no digit; a shorter one may be a word. */
const SHORTEST_ID = 8;
const NEWEST = 5;
const MOST_IDS = 1_000;
const HOUR_MS = 3_600_000;
const HOURS = 24;

/** The newest that failed since then, and all that are stopped, by what happened to them. The largest group first. */
export async function groupFailures(store: Reads, filter: FailureFilter): Promise<InspectedFailures> {
  const { now } = await store.readWorkers();
  const from = filter.endedFrom ?? now - HOURS * HOUR_MS;
  const of = definedOf({ name: filter.name, version: filter.version });
  const [failed, stopped] = await Promise.all([
    readRows(store, { ...of, status: ["Failed"], endedFrom: from }, { orderBy: "ended", newestFirst: true, payloads: "withoutInput" }),
    readRows(store, { ...of, stopped: true }, { newestFirst: true, payloads: "none" }),
  ]);
  const drafts = new Map<string, Draft>();
  for (const row of [...failed.rows, ...stopped.rows]) addTo(drafts, row);
  const largest = [...drafts.values()].sort((a, b) => b.rows.length - a.rows.length || lastOf(b) - lastOf(a));
  const groups = await Promise.all(largest.map((draft, index) => groupOf(store, draft, now, index < MOST_LOOKED_INTO)));
  return { groups, looked: { n: failed.rows.length + stopped.rows.length, isExact: failed.isAll && stopped.isAll }, from };
}

async function readRows(
  store: Reads,
  wanted: Parameters<typeof clientFilter>[0],
  how: Pick<InstanceQuery, "orderBy" | "newestFirst" | "payloads">,
): Promise<{ readonly rows: readonly InstanceRow[]; readonly isAll: boolean }> {
  const filter = await storable(store, withoutBuiltIn(clientFilter(wanted)));
  const rows: InstanceRow[] = [];
  let continuation: string | null = null;
  do {
    if (filter === null) break;
    const limit = Math.min(PAGE, MOST_LOOKED_AT - rows.length);
    const page: Awaited<ReturnType<Store["query"]>> = await store.query({
      ...{ ...filter, ...how, limit, continuation, maxBytes: PAGE_BYTES, lookAtMost: LOOK_AT_MOST },
    });
    rows.push(...page.rows);
    continuation = page.continuation;
    if (page.reachedBackTo !== null) break;
  } while (continuation !== null && rows.length < MOST_LOOKED_AT);
  return { rows, isAll: continuation === null };
}

interface Draft {
  readonly key: string;
  readonly kind: FailureGroup["kind"];
  readonly pattern: string;
  readonly rows: InstanceRow[];
  readonly messages: Set<string>;
}

function addTo(drafts: Map<string, Draft>, row: InstanceRow): void {
  const { stopped, output, orchestrationVersion } = row;
  const kind = stopped === null ? "failed" : "stopped";
  const message = oneLine(stopped?.message ?? textOfOutput(output ?? ""));
  const pattern = patternOf(row.instanceId.length < SHORTEST_ID ? message : message.replaceAll(row.instanceId, "0"));
  const key = JSON.stringify([kind, functionKey(row.name), orchestrationVersion, stopped?.code ?? null, pattern]);
  const draft = drafts.get(key) ?? { key, kind, pattern, rows: [], messages: new Set() };
  if (draft.messages.size < 2) draft.messages.add(message);
  draft.rows.push(row);
  drafts.set(key, draft);
}

const timeOf = ({ stopped, completedAt, updatedAt }: InstanceRow): number => stopped?.at ?? completedAt ?? updatedAt;
const lastOf = ({ rows }: Draft): number => rows.reduce((last, row) => Math.max(last, timeOf(row)), 0);

async function groupOf(
  store: Reads,
  { key, kind, pattern, rows, messages }: Draft,
  now: number,
  isLookedInto: boolean,
): Promise<FailureGroup> {
  const sorted = rows.toSorted((a, b) => timeOf(b) - timeOf(a));
  const [newest] = sorted as [InstanceRow, ...InstanceRow[]];
  const [only] = messages;
  const times = sorted.map(timeOf);
  const { errorType, from, stack } = isLookedInto && kind === "failed" ? await lookInto(store, newest) : NOTHING_KNOWN;
  return {
    fingerprint: nodeCrypto().hash("sha256", key, "hex").slice(0, 16),
    ...{ kind, name: newest.name, version: newest.orchestrationVersion, from, stack },
    errorType: newest.stopped?.code ?? errorType,
    message: messages.size === 1 ? (only ?? pattern) : pattern,
    count: sorted.length,
    first: times.at(-1) ?? 0,
    last: times[0] ?? 0,
    hours: hoursOf(times, now),
    site: siteOf(stack ?? newest.stopped?.message),
    newest: sorted.slice(0, NEWEST).map(shownRow),
    ids: sorted.slice(0, MOST_IDS).map(({ instanceId }) => instanceId),
  };
}

function hoursOf(times: readonly number[], now: number): readonly number[] {
  const hours = Array.from({ length: HOURS }, () => 0);
  for (const time of times) {
    const hour = HOURS - 1 - Math.floor(Math.max(0, now - time) / HOUR_MS);
    if (hour >= 0) hours[hour] = (hours[hour] ?? 0) + 1;
  }
  return hours;
}

interface Origin {
  readonly errorType: string;
  readonly from: string | null;
  readonly stack: string | null;
}

const NOTHING_KNOWN: Origin = { errorType: "Error", from: null, stack: null };

/** The end of one history: type and stack of the failure, and the call that it came from. */
async function lookInto(store: Reads, { no, generation }: InstanceRow): Promise<Origin> {
  const params = { no, generation, from: -LAST_EVENTS, limit: LAST_EVENTS, maxBytes: LAST_BYTES };
  const { total, chunks } = await store.readHistoryRange(params);
  const events = eventsWithin(chunks, firstOfRange(params, total), total).events.map(({ event }) => event);
  const end = events.findLast((event) => event.kind === "ExecutionCompleted");
  if (end?.failure === undefined) return NOTHING_KNOWN;
  const root = rootOf(end.failure);
  const call = end.causedBy?.at(-1);
  return {
    errorType: root.errorType,
    from: call === undefined ? null : calledBy(events, call),
    stack: root.stack ?? end.failure.stack ?? null,
  };
}

/** What the function threw, and not what its caller saw of it. */
const rootOf = (failure: Failure): Failure => (failure.cause === undefined ? failure : rootOf(failure.cause));

function calledBy(events: readonly HistoryEvent[], id: number): string | null {
  for (const event of events) {
    if ((event.kind === "TaskScheduled" || event.kind === "SubOrchestrationInstanceCreated") && event.id === id) return event.name;
    if (event.kind === "EntityOperationCalled" && event.id === id) return `${event.operation} of ${event.instanceId}`;
  }
  return null;
}

function siteOf(stack: string | undefined): CodeSite | null {
  const [, file, line] = /^(.+):(\d+)$/.exec(authorPlace(stack) ?? "") ?? [];
  return file === undefined ? null : { file, line: Number(line), column: null };
}
