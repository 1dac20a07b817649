import type { InstancePage, InstanceQuery } from "../store/contract.ts";
import type { EntityPage, EntityQuery } from "../store/entities.ts";
import { pageToken } from "../store/page-token.ts";
import type { InstanceRow } from "../store/rows.ts";

/**
 * The page of what a query found, in its order: up to `limit` rows, and none behind the one that makes `maxBytes` full. One at least, or no page would
 * ever get past an instance that is larger than that. Rows behind the end are not decoded: what is a few bytes in the store may be megabytes.
 */
export function cutPage<Found>(
  found: Iterable<Found>,
  rowOf: (found: Found) => InstanceRow,
  { limit, maxBytes = Number.POSITIVE_INFINITY }: Pick<InstanceQuery, "limit" | "maxBytes">,
  /** Rows that the store has left out itself. */
  isCut = false,
): InstancePage {
  const rows: InstanceRow[] = [];
  let bytes = 0;
  for (const one of found) {
    if (rows.length === limit || (bytes >= maxBytes && rows.length > 0)) return pageOf(rows, true);
    const row = rowOf(one);
    rows.push(row);
    bytes += sizeOf(row.input) + sizeOf(row.output) + sizeOf(row.customStatus);
  }
  return pageOf(rows, isCut);
}

/** Of entities, whose pages go on behind an id. */
export function cutEntityPage<Found>(
  found: Iterable<Found>,
  rowOf: (found: Found) => InstanceRow,
  query: Pick<EntityQuery, "limit" | "maxBytes">,
  isCut = false,
): EntityPage {
  const { rows, continuation } = cutPage(found, rowOf, query, isCut);
  return { rows, next: continuation === null ? null : (rows.at(-1)?.instanceId ?? null) };
}

function pageOf(rows: readonly InstanceRow[], hasMore: boolean): InstancePage {
  const last = rows.at(-1);
  return { rows, continuation: hasMore && last !== undefined ? pageToken(last) : null };
}

/** In characters: counting bytes would read all of it. */
const sizeOf = (text: string | null): number => text?.length ?? 0;
