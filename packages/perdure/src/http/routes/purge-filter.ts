import type { RequestQuery } from "../request-query.ts";
import { boolean, ParameterProblem } from "./own-filters.ts";
import type { StrictFilter } from "./strict-filter.ts";
import { isFromMissing, readStrictFilter } from "./strict-filter.ts";

const RECURSIVE = "recursive";
const REASON = "reason";

/** What a DELETE of many instances may take, or in words why not. */
export function readPurgeFilter(
  query: RequestQuery,
): (StrictFilter & { readonly recursive: boolean; readonly reason: string | null }) | { readonly problem: string } {
  if (isFromMissing(query)) return { problem: "Please provide value for 'createdTimeFrom' parameter." };
  try {
    const how = { recursive: boolean(query, RECURSIVE) ?? false, reason: query.text(REASON) };
    return { ...readStrictFilter(query, [RECURSIVE, REASON]), ...how };
  } catch (error) {
    if (error instanceof ParameterProblem) return { problem: `Nothing was purged: ${error.message}.` };
    throw error;
  }
}
