import { fault } from "../../errors/perdure-error.ts";
import { definedOf } from "../../model/options.ts";
import type { Store } from "../../store/contract.ts";
import { parsePageToken } from "../../store/page-token.ts";
import { withoutBuiltIn } from "../built-in-instances.ts";
import { LOOK_AT_MOST, storable } from "../lists.ts";
import type { ClientFilter } from "../types.ts";
import { shownRows } from "./rows.ts";
import type { InspectedList, InspectFilter, InspectQuery } from "./types.ts";

const PAGE = 100;
const LONGEST_PAGE = 1_000;

export function clientFilter(filter: InspectFilter): ClientFilter {
  const { status = [], idPrefix = "", stopped = null, createdFrom = null, createdTo = null, parentId, ...same } = filter;
  const { open, name, version, tags, endedFrom, endedTo, errorText } = same;
  return {
    statuses: status,
    idPrefix: idPrefix === "" ? null : idPrefix,
    stopped,
    createdFrom,
    createdTo,
    // What is stopped needs someone, also if it is an entity.
    showEntities: stopped === true,
    ...definedOf({ open, name, version, tags, endedFrom, endedTo, errorText, parentInstanceId: parentId }),
  };
}

export async function listRows(store: Pick<Store, "query" | "getInstance" | "readInstances">, query: InspectQuery): Promise<InspectedList> {
  const { orderBy = "created", newestFirst = true, limit = PAGE, cursor } = query;
  if (cursor !== undefined && parsePageToken(cursor, orderBy) === null) throw fault("CONTINUATION_INVALID", cursor);
  const filter = await storable(store, withoutBuiltIn(clientFilter(query)));
  if (filter === null) return { rows: [], cursor: null, reachedBackTo: null };
  const page = await store.query({
    ...filter,
    ...{ orderBy, newestFirst, payloads: "none", lookAtMost: LOOK_AT_MOST },
    limit: Math.max(1, Math.min(limit, LONGEST_PAGE)),
    continuation: cursor ?? null,
  });
  return { rows: await shownRows(store, page.rows), cursor: page.continuation, reachedBackTo: page.reachedBackTo };
}
