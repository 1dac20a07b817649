import { fault } from "../errors/perdure-error.ts";
import { ENTITY_MARK, instanceId, storedIdProblem } from "../model/ids.ts";
import type { Store } from "../store/contract.ts";
import { parsePageToken } from "../store/page-token.ts";
import type { InstanceCount, InstanceFilter } from "../store/queries.ts";
import { withoutBuiltIn } from "./built-in-instances.ts";
import { checkRange } from "./filters.ts";
import { statusOfRow } from "./instance-status.ts";
import type { ClientCount, ClientFilter, ClientQuery, StatusPage } from "./types.ts";

/** Rows that a store looks at for one page or one count, where no index has what is asked for: 15 ms on a file, 60 on PostgreSQL. */
export const LOOK_AT_MOST = 50_000;

type Lists = Pick<Store, "query" | "count" | "getInstance">;

export async function listPage(store: Lists, query: ClientQuery): Promise<StatusPage> {
  const { continuation, orderBy, lookAtMost = LOOK_AT_MOST } = query;
  checkRange(query, "query");
  if (continuation !== null && parsePageToken(continuation, orderBy) === null) throw fault("CONTINUATION_INVALID", continuation);
  const filter = await storable(store, withoutBuiltIn(query));
  if (filter === null) return { instances: [], continuation: null, reachedBackTo: null };
  const page = await store.query({ ...filter, lookAtMost });
  return { ...page, instances: page.rows.map(statusOfRow) };
}

export async function countInstances(store: Lists, { filter: given, cap, lookAtMost = LOOK_AT_MOST }: ClientCount): Promise<InstanceCount> {
  checkRange(given, "count");
  const filter = await storable(store, withoutBuiltIn(given));
  return filter === null ? { count: 0, exact: true } : store.count({ filter, cap, lookAtMost });
}

/** With the number of the parent for its id. Null: no instance can be meant. Stores compare texts that none can have in ways of their own. */
export async function storable<Filter extends ClientFilter>(
  store: Pick<Store, "getInstance">,
  { parentInstanceId: parent, ...filter }: Filter,
): Promise<(Omit<Filter, "parentInstanceId"> & Pick<InstanceFilter, "parent">) | null> {
  const { idPrefix, name, version } = filter;
  if ([name, version].some((text) => text?.isWellFormed() === false || text?.includes("\u0000") === true)) return null;
  if (idPrefix !== null && idPrefix !== "" && prefixProblem(idPrefix) !== null) return null;
  if (parent === undefined) return filter;
  const row = storedIdProblem(parent) === null ? await store.getInstance(instanceId(parent), "none") : null;
  return row === null ? null : { ...filter, parent: row.no };
}

/** Ids of entities begin with a mark that no other may begin with. */
const prefixProblem = (prefix: string): string | null => storedIdProblem(prefix.startsWith(ENTITY_MARK) ? `_${prefix.slice(1)}` : prefix);
