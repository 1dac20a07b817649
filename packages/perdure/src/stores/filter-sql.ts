import { functionKey } from "../model/function-name.ts";
import { BUILT_IN_MARK, ENTITY_MARK } from "../model/ids.ts";
import { textsOf } from "../store/filter.ts";
import type { Place } from "../store/page-token.ts";
import type { InstanceFilter, OrderedBy, QueryOrder } from "../store/queries.ts";

/** How a database writes what others write in another way. Columns are those of the row `i`. */
export interface Dialect {
  /** Where this value stands in the text of the statement. */
  place(value: unknown): string;
  isOneOf(column: string, values: readonly string[]): string;
  beginsWith(idPrefix: string): string;
  contains(column: string, text: string): string;
  /** The output holds this text, or is kept in a form that cannot be looked into. */
  mayHaveOutput(text: string): string;
  /** Those that have ended, in terms of an index over ends: with these statuses, within the filter's range of ends. */
  ended(filter: InstanceFilter): string;
}

/** Where rows are looked for: an index that gives their order, or all rows of a small part, sorted. */
export type Source = "ids" | "stopped" | "parent" | "open" | "ended" | "all";

/** Parts that may have few rows: there these are sorted. To look for them along the order would read every row. */
export function smallSources(filter: InstanceFilter, by: OrderedBy): readonly Source[] {
  const { idPrefix, stopped, parent, open, statuses, endedFrom, endedTo } = filter;
  const sources: Source[] = [];
  if (idPrefix !== null && idPrefix !== "") sources.push("ids");
  if (stopped === true) sources.push("stopped");
  if (parent !== undefined && by === "ended") sources.push("parent");
  const isPartOfEnded = statuses.length > 0 || endedFrom !== undefined || endedTo !== undefined;
  if (open === false && isPartOfEnded && by === "created") sources.push("ended");
  return sources;
}

export function orderedSource({ parent, open }: InstanceFilter, by: OrderedBy): Source {
  if (by === "ended") return "ended";
  if (parent !== undefined) return "parent";
  return open === true ? "open" : "all";
}

/** What makes the rows of a source, in terms of its index. */
export function partOf(filter: InstanceFilter, source: Source, sql: Dialect): string {
  switch (source) {
    case "ids":
      return sql.beginsWith(filter.idPrefix ?? "");
    case "stopped":
      return "i.stopped IS NOT NULL";
    case "parent":
      return `i.parent_no = ${sql.place(filter.parent)}`;
    case "open":
      return "i.completed_at IS NULL";
    case "ended":
      return sql.ended(filter);
    case "all":
      return "true";
  }
}

/**
 * How many are meant, and how many rows of the source were looked at for that, as `n` and `looked`: both one more than may be; where there are too many, what was
 * looked at is not counted. For a count any order will do, so the index with the fewest rows. `from` names the table of a source, as the row `i`.
 */
export function countSql(
  filter: InstanceFilter,
  most: { readonly cap: number; readonly look: number },
  sql: Dialect,
  from: (source: Source) => string,
): string {
  const source = smallSources(filter, "created")[0] ?? orderedSource(filter, "created");
  const isByCreation = source === "all" || source === "open" || source === "parent";
  const range = rangeTests(filter, {}, null, null, sql);
  const inner = [partOf(filter, source, sql), ...(isByCreation ? range : [])].join(" AND ");
  const outer = ["true", ...(isByCreation ? [] : range), ...filterTests(filter, "created", sql, source)].join(" AND ");
  const rows = `FROM ${from(source)} WHERE ${inner}`;
  const found = `SELECT count(*) AS n FROM (SELECT 1 FROM (SELECT i.* ${rows} LIMIT ${most.look}) i WHERE ${outer} LIMIT ${most.cap + 1}) c`;
  return `SELECT f.n, CASE WHEN f.n > ${most.cap} THEN 0 ELSE (SELECT count(*) FROM (SELECT 1 ${rows} LIMIT ${most.look + 1}) l) END AS looked
    FROM (${found}) f`;
}

/** The tests of rows within the range of an order: the range itself is {@link rangeTests}. */
export function filterTests(filter: InstanceFilter, by: OrderedBy, sql: Dialect, source: Source): string[] {
  const { statuses, idPrefix, stopped, showEntities, showBuiltIn, name, version, open, parent } = filter;
  const tests: string[] = [];
  if (by === "ended") tests.push(...between("created_at", filter.createdFrom, filter.createdTo, sql));
  else tests.push(...between("completed_at", filter.endedFrom ?? null, filter.endedTo ?? null, sql));
  const key = name === undefined ? null : functionKey(name);
  if (statuses.length > 0) tests.push(sql.isOneOf("i.status", statuses));
  if (idPrefix !== null && idPrefix !== "" && source !== "ids") tests.push(sql.beginsWith(idPrefix));
  if (stopped !== null && source !== "stopped") tests.push(`i.stopped IS ${stopped ? "NOT NULL" : "NULL"}`);
  if (showEntities === false) tests.push(`substr(i.instance_id, 1, 1) <> '${ENTITY_MARK}'`);
  else if (showBuiltIn === false) tests.push(isNotBuiltIn("i.instance_id"));
  if (key !== null) tests.push(sql.isOneOf("i.name_key", [key, `${ENTITY_MARK}${key}`]));
  if (version !== undefined) tests.push(`i.orchestration_version = ${sql.place(version)}`);
  if (parent !== undefined && source !== "parent") tests.push(`i.parent_no = ${sql.place(parent)}`);
  if (open !== undefined && source !== (open ? "open" : "ended")) tests.push(`i.completed_at IS ${open ? "NULL" : "NOT NULL"}`);
  const texts = textsOf(filter);
  for (const tag of texts.tags) tests.push(sql.contains("i.tags", tag));
  if (texts.output !== null) tests.push(sql.mayHaveOutput(texts.output));
  return tests;
}

export const isNotBuiltIn = (id: string): string => `substr(${id}, 1, ${BUILT_IN_MARK.length}) <> '${BUILT_IN_MARK}'`;

/** What the index of an ordered source knows of its filter: with it the end of a look is found. */
export function onlyRange(filter: InstanceFilter, by: OrderedBy, source: Source): InstanceFilter {
  const { createdFrom, createdTo, endedFrom, endedTo, statuses, parent } = filter;
  const none = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null };
  if (by === "created") return { ...none, createdFrom, createdTo, ...(source === "parent" && parent !== undefined ? { parent } : {}) };
  return { ...none, statuses, ...(endedFrom === undefined ? {} : { endedFrom }), ...(endedTo === undefined ? {} : { endedTo }) };
}

export const columnOf = (by: OrderedBy): string => (by === "ended" ? "completed_at" : "created_at");

/**
 * From one place in the order to another; null: from where it begins, or to its end. Each side is one comparison, the closer of the filter's and the place's: of
 * two SQLite takes the first for the range of the index and tests all rows with the other (29 ms for a page in the middle of a million, November 2026).
 */
export function rangeTests(filter: InstanceFilter, order: QueryOrder, from: Place | null, to: Place | null, sql: Dialect): string[] {
  const { orderBy: by = "created", newestFirst = false } = order;
  const column = `i.${columnOf(by)}`;
  const [low, high] = newestFirst ? [to, from] : [from, to];
  const ends = ownRange(filter, by);
  const tests: string[] = [];
  if (low !== null && (ends.from === null || low.at >= ends.from))
    tests.push(`(${column}, i.no) ${newestFirst ? ">=" : ">"} (${sql.place(low.at)}, ${sql.place(low.no)})`);
  else if (ends.from !== null) tests.push(`${column} >= ${sql.place(ends.from)}`);
  if (high !== null && (ends.to === null || high.at <= ends.to))
    tests.push(`(${column}, i.no) ${newestFirst ? "<" : "<="} (${sql.place(high.at)}, ${sql.place(high.no)})`);
  else if (ends.to !== null) tests.push(`${column} <= ${sql.place(ends.to)}`);
  return tests;
}

/** What the filter says of the times by which the order goes. Nothing ends before it was created. */
function ownRange(filter: InstanceFilter, by: OrderedBy): { readonly from: number | null; readonly to: number | null } {
  if (by === "ended") return { from: filter.endedFrom ?? filter.createdFrom, to: filter.endedTo ?? null };
  const to = Math.min(filter.createdTo ?? Number.POSITIVE_INFINITY, filter.endedTo ?? Number.POSITIVE_INFINITY);
  return { from: filter.createdFrom, to: Number.isFinite(to) ? to : null };
}

function between(column: string, from: number | null, to: number | null, sql: Dialect): string[] {
  const tests: string[] = [];
  if (from !== null) tests.push(`i.${column} >= ${sql.place(from)}`);
  if (to !== null) tests.push(`i.${column} <= ${sql.place(to)}`);
  return tests;
}

export const orderSql = ({ orderBy = "created", newestFirst = false }: QueryOrder): string => {
  const direction = newestFirst ? " DESC" : "";
  return `i.${columnOf(orderBy)}${direction}, i.no${direction}`;
};
