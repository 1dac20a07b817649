import { fault } from "../errors/perdure-error.ts";
import type { InstanceNo } from "../model/ids.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, optional, parseOptions } from "../model/options.ts";
import { TERMINAL_STATUSES } from "../model/status.ts";
import type { Store } from "../store/contract.ts";
import type { PurgeParams } from "../store/purge.ts";
import type { InstanceQuery } from "../store/queries.ts";
import { parseReason } from "./arguments.ts";
import { checkRange, filterOf, readOnce, textOption, textParts } from "./filters.ts";
import { storable } from "./lists.ts";
import type { ClientFilter } from "./types.ts";

type Purge = ClientFilter & { readonly recursive: boolean; readonly reason: string | null };

const SLICE = 500;
const PARTS = [
  ...["runtimeStatus", "createdFrom", "createdTo", "instanceIdPrefix", "name", "version", "endedFrom", "endedTo", "parentInstanceId"],
  ...["tags", "errorText"],
];
const RANGE = ["createdFrom", "createdTo", "statuses"];
const PLAIN = [
  ...RANGE,
  "idPrefix",
  "name",
  "version",
  "endedFrom",
  "endedTo",
  "parentInstanceId",
  "tags",
  "errorText",
  "recursive",
  "reason",
];

/**
 * Stricter than for a list: each part that is dropped deletes more than was meant. So a value that is undefined (a setting that is missing) is refused, and a
 * filter without any part.
 */
export function parsePurgeFilter(given: unknown, where: string): { readonly purge: Purge; readonly dryRun: boolean } {
  const options = readOnce(given, [...PARTS, "recursive", "reason", "dryRun"], where);
  refuseUndefined(options, where);
  if (!PARTS.some((option) => Object.hasOwn(options, option))) {
    const all = "{ createdFrom: new Date(0) } means all finished instances";
    throw fault("OPTION_INVALID", where, "filter", given, `at least one of ${PARTS.join(", ")}; ${all}`);
  }
  return {
    purge: { ...filterOf(options, where), ...howOf(options, where) },
    dryRun: optional(options, "dryRun", where, booleanOption) ?? false,
  };
}

type How = Pick<Purge, "recursive" | "reason">;

export const parsePurgeOptions = (given: unknown, where: string): How => howOf(parseOptions(given, ["recursive", "reason"], where), where);

const howOf = (options: Options, where: string): How => ({
  recursive: optional(options, "recursive", where, booleanOption) ?? false,
  reason: parseReason(options.reason, where),
});

function refuseUndefined(options: { readonly [option: string]: unknown }, where: string): void {
  for (const [option, value] of Object.entries(options)) {
    if (value !== undefined) continue;
    const form = "a value; leave the key out if it is not wanted (an undefined one could delete more than was meant)";
    throw fault("OPTION_INVALID", where, option, value, form);
  }
}

/** For a caller that speaks to a hub without the typed client: there each part of the range is named, and what the type does not have is refused. */
export function parsePlainPurge(params: object, where: string): Purge {
  const { stopped: _, showEntities: __, ...given } = { ...params } as { readonly [option: string]: unknown };
  const options = readOnce(given, PLAIN, where);
  refuseUndefined(Object.fromEntries(Object.entries(options).filter(([option]) => !RANGE.includes(option))), where);
  const { createdFrom, createdTo, statuses, idPrefix = null, endedFrom = null, endedTo = null } = options;
  // Safe: checked in the next line.
  const range = { createdFrom, createdTo, statuses } as Pick<ClientFilter, "createdFrom" | "createdTo" | "statuses">;
  checkRange(range, where);
  const ends = [endedFrom, endedTo].map((time) => {
    if (time !== null && (typeof time !== "number" || !Number.isFinite(time)))
      throw fault("OPTION_INVALID", where, "ended", time, "milliseconds since 1970");
    return time;
  });
  return {
    ...range,
    idPrefix: idPrefix === null ? null : textOption(idPrefix, where, "idPrefix"),
    stopped: null,
    showEntities: false,
    ...(ends[0] === null ? {} : { endedFrom: ends[0] }),
    ...(ends[1] === null ? {} : { endedTo: ends[1] }),
    ...textParts(options, where),
    ...howOf(options, where),
  };
}

type Purging = Pick<Store, "purge" | "query" | "getInstance" | "count">;

/** Slice after slice. By creation and status the store finds them itself; else they are listed, and deleted page by page. */
export async function purgeBy(
  { store, by: asker }: { readonly store: Purging; readonly by?: string },
  { recursive, reason, ...given }: Purge,
): Promise<number> {
  const filter = await storable(store, given);
  if (filter === null) return 0;
  const how = { recursive, reason, ...(asker === undefined ? {} : { by: asker }) };
  const { createdFrom, createdTo, statuses, idPrefix, stopped: _, showEntities: __, open: ___, ...others } = filter;
  if (idPrefix === null && Object.keys(others).length === 0)
    return purgeAll(store, { createdFrom, createdTo, statuses, completedBefore: null, limit: SLICE, ...how });
  let deleted = 0;
  for await (const nos of finished(store, filter)) deleted += await purgeAll(store, { nos, ...how });
  return deleted;
}

export async function purgeAll(store: Pick<Store, "purge">, params: PurgeParams): Promise<number> {
  let total = 0;
  for (;;) {
    const { deleted, complete } = await store.purge(params);
    total += deleted;
    if (complete) return total;
  }
}

/** How many a purge would delete, without those that would go with them. */
export async function countFinished(store: Purging, { recursive: _, reason: __, ...given }: Purge): Promise<number> {
  const filter = await storable(store, given);
  let count = 0;
  if (filter !== null) for await (const nos of finished(store, filter)) count += nos.length;
  return count;
}

async function* finished(store: Purging, filter: Omit<InstanceQuery, "limit" | "continuation">): AsyncGenerator<readonly InstanceNo[]> {
  const statuses = TERMINAL_STATUSES.filter((status) => filter.statuses.length === 0 || filter.statuses.includes(status));
  if (statuses.length === 0) return; // no status at all would be every instance
  let continuation: string | null = null;
  do {
    const page: Awaited<ReturnType<Store["query"]>> = await store.query({
      ...filter,
      statuses,
      payloads: "none",
      limit: SLICE,
      continuation,
    });
    yield page.rows.map(({ no }) => no);
    continuation = page.continuation;
  } while (continuation !== null);
}
