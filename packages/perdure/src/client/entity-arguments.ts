import { booleanOption, countOption, optional, parseOptions, stringOption } from "../model/options.ts";
import { targetName } from "../model/target.ts";
import type { CleanOptions, EntityListQuery } from "./entity-types.ts";
import { timeOption } from "./filters.ts";

const FILTER = ["name", "lastOperationFrom", "lastOperationTo", "showState", "showEmpty", "pageSize"];
const PAGE = 100;

/** A filter that cannot be read is refused: it must not find more than was meant. */
export function parseEntityFilter(filter: unknown): Omit<EntityListQuery, "after"> {
  const where = "queryEntities";
  const options = parseOptions(filter, FILTER, where);
  return {
    name: optional(options, "name", where, (value) => targetName(value, "entity", where)) ?? null,
    updatedFrom: optional(options, "lastOperationFrom", where, timeOption) ?? null,
    updatedTo: optional(options, "lastOperationTo", where, timeOption) ?? null,
    withState: optional(options, "showState", where, booleanOption) ?? false,
    emptyOnes: optional(options, "showEmpty", where, booleanOption) ?? false,
    limit: optional(options, "pageSize", where, countOption) ?? PAGE,
  };
}

export function parseClean(settings: unknown): CleanOptions {
  const where = "cleanEntities";
  const options = parseOptions(settings, ["removeEmptyEntities", "releaseOrphanedLocks"], where);
  const removeEmptyEntities = optional(options, "removeEmptyEntities", where, booleanOption) ?? true;
  return { removeEmptyEntities, releaseOrphanedLocks: optional(options, "releaseOrphanedLocks", where, booleanOption) ?? true };
}

/** Of a skip, and of a purge. */
export function parseEntityReason(settings: unknown, where: string): string | null {
  return optional(parseOptions(settings, ["reason"], where), "reason", where, stringOption) ?? null;
}
