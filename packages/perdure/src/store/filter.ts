import { functionKey } from "../model/function-name.ts";
import { ENTITY_MARK, isBuiltInId } from "../model/ids.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { isTerminal } from "../model/status.ts";
import type { InstanceFilter } from "./queries.ts";
import type { InstanceRow } from "./rows.ts";

/** What a filter means. Stores look by indexes and in SQL; a test of all stores compares them with a model of its own. */
export function matches(row: InstanceRow, filter: InstanceFilter): boolean {
  const { statuses, idPrefix, stopped, showEntities, name, version, open, parent } = filter;
  if (!isWithin(row.createdAt, filter.createdFrom, filter.createdTo)) return false;
  if (!isWithin(row.completedAt, filter.endedFrom ?? null, filter.endedTo ?? null)) return false;
  if (statuses.length > 0 && !statuses.includes(row.status)) return false;
  if (idPrefix !== null && !row.instanceId.startsWith(idPrefix)) return false;
  if (stopped !== null && (row.stopped !== null) !== stopped) return false;
  if (showEntities === false && row.instanceId.startsWith(ENTITY_MARK)) return false;
  if (filter.showBuiltIn === false && isBuiltInId(row.instanceId)) return false;
  if (name !== undefined && functionKey(row.name) !== functionKey(name)) return false;
  if (version !== undefined && row.orchestrationVersion !== version) return false;
  if (open !== undefined && (row.completedAt === null) !== open) return false;
  if (parent !== undefined && row.parent?.no !== parent) return false;
  return hasTexts(row, filter);
}

/** Both ends belong to the range. Who has no time is in none but the range without ends. */
function isWithin(time: number | null, from: number | null, to: number | null): boolean {
  if (time === null) return from === null && to === null;
  return (from === null || time >= from) && (to === null || time <= to);
}

/**
 * The parts that no database decides for good: texts that may be compressed, or JSON that may be damaged. There a store looks for {@link textsOf}, which all
 * rows that are meant contain, and then asks this.
 */
export function hasTexts(row: InstanceRow, { tags, errorText }: InstanceFilter): boolean {
  if (errorText !== undefined && (row.status !== "Failed" || row.output?.includes(jsonOf(errorText)) !== true)) return false;
  return Object.entries(tags ?? {}).every(([key, value]) => row.tags?.[key] === value);
}

/** What is in the JSON texts of every row that is meant: in its tags, and in its output. Null: anything. */
export const textsOf = ({ tags, errorText }: InstanceFilter): { readonly tags: readonly string[]; readonly output: string | null } => ({
  tags: Object.entries(tags ?? {}).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`),
  output: errorText === undefined ? null : jsonOf(errorText),
});

/** A failure is kept as a JSON string: its text as it is written there. */
const jsonOf = (text: string): string => JSON.stringify(text).slice(1, -1);

/** The same filter with what its parts say of each other; null when they exclude each other. */
export function withImplied(filter: InstanceFilter, endedOnly: boolean): InstanceFilter | null {
  const statuses = filter.errorText === undefined ? filter.statuses : onlyFailed(filter.statuses);
  if (statuses === null) return null;
  const hasEnds = filter.endedFrom !== undefined || filter.endedTo !== undefined;
  const saysEnded = endedOnly || hasEnds || (statuses.length > 0 && statuses.every(isTerminal));
  const saysOpen = filter.stopped === true || (statuses.length > 0 && !statuses.some(isTerminal));
  const open = filter.open ?? (saysEnded ? false : saysOpen ? true : undefined);
  if ((open === true && saysEnded) || (open === false && saysOpen) || (saysEnded && saysOpen)) return null;
  return { ...filter, statuses, ...(open === undefined ? {} : { open }) };
}

const onlyFailed = (statuses: readonly RuntimeStatus[]): readonly RuntimeStatus[] | null =>
  statuses.length === 0 || statuses.includes("Failed") ? ["Failed"] : null;
