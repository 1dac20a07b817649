import { isBuiltIn } from "../../errors/built-in-names.ts";
import { namesIn } from "../../model/executor.ts";
import type { FunctionKind } from "../../model/function-kind.ts";
import { KINDS } from "../../model/function-kind.ts";
import { ENTITY_MARK } from "../../model/ids.ts";
import type { RuntimeStatus, TerminalStatus } from "../../model/status.ts";
import { TERMINAL_STATUSES } from "../../model/status.ts";
import type { Clock } from "../../process/clock.ts";
import { SCHEDULE_IDS } from "../../schedules/spec.ts";
import type { Store } from "../../store/contract.ts";
import type { InstanceFilter } from "../../store/queries.ts";
import type { WorkerRow } from "../../store/rows.ts";
import { liveWorkers } from "../known-functions.ts";
import { LOOK_AT_MOST } from "../lists.ts";
import { countOf } from "./count.ts";
import { Recent } from "./recent.ts";
import type { Count, InspectedCounts, OpenStatus } from "./types.ts";

type Reads = Pick<Store, "count" | "query" | "readWorkers">;

const CAP = 10_000;
const CAPPED_MS = 30_000;
const DAY_MS = 86_400_000;
const OPEN: readonly OpenStatus[] = ["Pending", "Running", "Suspended"];
const ANY = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null } as const;
const ORCHESTRATIONS = { ...ANY, showEntities: false, showBuiltIn: false };
const FIRST = { limit: 1, payloads: "none", continuation: null, lookAtMost: LOOK_AT_MOST } as const;

/** What a count that stopped at its cap has said stays true for a while: there is no news in it, and each costs the cap. */
export const keptCounts = (clock: Pick<Clock, "monotonicMs">): Recent<Count> => new Recent(clock, CAPPED_MS, ({ isExact }) => !isExact);

export async function countAll(store: Reads, kept: Recent<Count>): Promise<InspectedCounts> {
  const { now, workers } = await store.readWorkers();
  const live = liveWorkers({ now, workers });
  // The time from which on is another one for each question.
  const count = (filter: Partial<InstanceFilter>): Promise<Count> =>
    kept.read(JSON.stringify({ ...filter, endedFrom: undefined }), async () =>
      countOf(await store.count({ filter: { ...ORCHESTRATIONS, ...filter }, cap: CAP, lookAtMost: LOOK_AT_MOST })),
    );
  const oldestOf = async (status: OpenStatus): Promise<number | null> => {
    const { rows } = await store.query({ ...ORCHESTRATIONS, ...FIRST, open: true, statuses: [status] });
    return rows[0]?.createdAt ?? null;
  };
  const open = await each(OPEN, (status) => count({ open: true, statuses: [status] }));
  const [oldest, ended, stopped, entities, schedules] = await Promise.all([
    // Where the count has found none, among so many, the list would look through the same rows for nothing.
    each(OPEN, async (status) => (open[status].n === 0 ? null : oldestOf(status))),
    each(TERMINAL_STATUSES, (status) => count({ statuses: [status], endedFrom: now - DAY_MS })),
    count({ stopped: true, showEntities: true }),
    count({ idPrefix: ENTITY_MARK, showEntities: true }),
    count({ idPrefix: SCHEDULE_IDS, showEntities: true, showBuiltIn: true }),
  ]);
  return {
    ...{ open, oldest, ended, stopped, entities },
    schedules: schedules.n,
    workers: live.length,
    functions: functionsOf(live),
    inMemory: live.reduce((sum, { load }) => sum + (load?.owned ?? 0), 0),
  };
}

async function each<Status extends OpenStatus | (TerminalStatus & RuntimeStatus), Value>(
  statuses: readonly Status[],
  of: (status: Status) => Promise<Value>,
): Promise<Record<Status, Value>> {
  const values = await Promise.all(statuses.map(async (status) => [status, await of(status)] as const));
  return Object.fromEntries(values) as Record<Status, Value>;
}

function functionsOf(live: readonly WorkerRow[]): number {
  const named = (kind: FunctionKind, name: string) => (isBuiltIn(name) ? [] : [`${kind} ${name}`]);
  return new Set(live.flatMap(({ functions }) => KINDS.flatMap((kind) => namesIn(functions)[kind].flatMap((name) => named(kind, name)))))
    .size;
}
