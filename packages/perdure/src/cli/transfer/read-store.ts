import { fault, faultFrom } from "../../errors/perdure-error.ts";
import { byKind, queueKeys } from "../../model/function-kind.ts";
import { workerId } from "../../model/ids.ts";
import type { Store } from "../../store/contract.ts";
import type { InstanceQuery } from "../../store/queries.ts";
import type { LoadedInstance } from "../../store/rows.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { Carried, CarriedAudit } from "./carried.ts";
import { carried } from "./carried.ts";

export type Chosen = Pick<InstanceQuery, "createdFrom" | "createdTo" | "statuses" | "idPrefix">;

export const ALL = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null } as const;

/** A page is read in one snapshot, and held in memory. */
const PAGE = 200;
const AUDIT_PAGE = 1_000;
const PAGE_BYTES = 16 * 1_024 * 1_024;

/** In order of creation, entities too. One that cannot be read whole ends it: what is left out in silence would be lost with the store. */
export async function* carriedFrom(store: Store, chosen: Chosen): AsyncGenerator<Carried> {
  for (let continuation: string | null = null; ; ) {
    const page: Awaited<ReturnType<Store["query"]>> = await store.query({
      ...ALL,
      ...chosen,
      limit: PAGE,
      maxBytes: PAGE_BYTES,
      continuation,
    });
    const loaded = new Map((await store.load(page.rows.map(({ no }) => no))).map((one) => [one.row.no, one]));
    for (const { no } of page.rows) {
      const one = loaded.get(no);
      // Gone since the page was read: purged, or replaced by a later one.
      if (one !== undefined) yield whole(one);
    }
    continuation = page.continuation;
    if (continuation === null) return;
  }
}

/** The audit, in pages; of these ids alone, or of all (null). */
export async function* auditFrom({ audit }: Store, ids: ReadonlySet<string> | null): AsyncGenerator<CarriedAudit> {
  let place: number | null = null;
  do {
    const page: Awaited<ReturnType<typeof audit.read>> = await audit.read({
      instanceId: null,
      limit: AUDIT_PAGE,
      place,
      oldestFirst: true,
    });
    const rows = ids === null ? page.rows : page.rows.filter(({ instanceId }) => ids.has(instanceId));
    if (rows.length > 0) yield { audit: rows };
    place = page.next;
  } while (place !== null);
}

/** All instances, then the audit. */
export async function* entriesOf(store: Store): AsyncGenerator<Carried | CarriedAudit> {
  yield* carriedFrom(store, ALL);
  yield* auditFrom(store, null);
}

/** The highest number that an instance has. */
export async function highestNumber(store: Store): Promise<number> {
  let highest = 0;
  for (let continuation: string | null = null; ; ) {
    const page: Awaited<ReturnType<Store["query"]>> = await store.query({ ...ALL, limit: 1_000, payloads: "none", continuation });
    for (const { no } of page.rows) highest = Math.max(highest, no);
    continuation = page.continuation;
    if (continuation === null) return highest;
  }
}

const LOOKS = 100;

/** Messages from transactions of callers to what does not exist yet: a store that has them delivers some with each look of a worker. */
export async function deliverKept(store: Store): Promise<void> {
  if (store.within === undefined) return;
  const keys = queueKeys(byKind(() => []));
  for (let looks = 0; looks < LOOKS; looks += 1) await store.look({ worker: workerId(0), keys });
}

function whole(one: LoadedInstance): Carried {
  const { instanceId, unreadable } = one.row;
  if (unreadable !== undefined) throw fault("STORED_DATA_UNREADABLE", `"${instanceId}": ${unreadable}`);
  try {
    return carried(one);
  } catch (error) {
    throw faultFrom(error, "STORED_DATA_UNREADABLE", `"${instanceId}": ${errorText(error)}`);
  }
}
