import type { EntityPage, EntityQuery } from "../store/entities.ts";
import type { Place } from "../store/page-token.ts";
import type { InstanceQuery, Payloads } from "../store/queries.ts";
import type { InstanceRow } from "../store/rows.ts";

interface Cutting extends Pick<InstanceQuery, "limit" | "maxBytes"> {
  /** Rows that the store has left out itself. */
  readonly isCut?: boolean;
  /** The last word on a row that was found: others are no part of the page. */
  readonly keeps?: (row: InstanceRow) => boolean;
  /** Payloads that were read to test them are not shown. */
  readonly hides?: boolean;
}

export interface PagePart {
  readonly rows: readonly InstanceRow[];
  /** What of the page they fill, in characters: counting bytes would read all of it. */
  readonly bytes: number;
  /** The last row that was looked at, kept or not. */
  readonly last: InstanceRow | null;
  readonly isCut: boolean;
}

/**
 * The page of what a query found, in its order: up to `limit` rows, and none behind the one that makes `maxBytes` full. One at least, or no page would
 * ever get past an instance that is larger than that. Rows behind the end are not decoded: what is a few bytes in the store may be megabytes.
 */
export function cutPage<Found>(
  found: Iterable<Found>,
  rowOf: (found: Found) => InstanceRow,
  { limit, maxBytes = Number.POSITIVE_INFINITY, isCut = false, keeps, hides = false }: Cutting,
): PagePart {
  const rows: InstanceRow[] = [];
  let bytes = 0;
  let last: InstanceRow | null = null;
  for (const one of found) {
    if (rows.length === limit || (bytes >= maxBytes && rows.length > 0)) return { rows, bytes, last, isCut: true };
    last = rowOf(one);
    if (keeps?.(last) === false) continue;
    if (hides) last = withoutPayloads(last);
    rows.push(last);
    bytes += sizeOf(last.input) + sizeOf(last.output) + sizeOf(last.customStatus);
  }
  return { rows, bytes, last, isCut };
}

const withoutPayloads = (row: InstanceRow): InstanceRow => ({ ...row, input: null, output: null, customStatus: null });

/** For a filter that looks into outputs they are read, whatever is shown. */
export function readFor({ payloads = "all", errorText }: InstanceQuery): { readonly payloads: Payloads; readonly hides: boolean } {
  const hides = payloads === "none" && errorText !== undefined;
  return { payloads: hides ? "withoutInput" : payloads, hides };
}

/** Of entities, whose pages go on behind an id. */
export function cutEntityPage<Found>(
  found: Iterable<Found>,
  rowOf: (found: Found) => InstanceRow,
  query: Pick<EntityQuery, "limit" | "maxBytes">,
  isCut = false,
): EntityPage {
  const part = cutPage(found, rowOf, { ...query, isCut });
  return { rows: part.rows, next: part.isCut ? (part.last?.instanceId ?? null) : null };
}

export const placeOf = (row: InstanceRow, by: InstanceQuery["orderBy"]): Place => ({
  at: by === "ended" ? (row.completedAt ?? 0) : row.createdAt,
  no: row.no,
});

const sizeOf = (text: string | null): number => text?.length ?? 0;
