import { TERMINAL_STATUSES } from "../../model/status.ts";
import { hasTexts, withImplied } from "../../store/filter.ts";
import type { Place } from "../../store/page-token.ts";
import type { CountQuery, InstanceCount, InstanceFilter, InstancePage, InstanceQuery, OrderedBy, QueryOrder } from "../../store/queries.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { countByPages, isInTexts } from "../count-by-pages.ts";
import type { Source } from "../filter-sql.ts";
import { columnOf, countSql, filterTests, onlyRange, orderedSource, orderSql, partOf, rangeTests, smallSources } from "../filter-sql.ts";
import { cutPage, readFor } from "../page-cut.ts";
import type { LookStep } from "../page-look.ts";
import { PageLook } from "../page-look.ts";
import type { Reader } from "./reader.ts";
import { selectInstances } from "./rows-of.ts";
import { SqliteSql } from "./sqlite-sql.ts";

/** Up to this many rows of a small part are sorted; beyond it a page goes along the order of all (4,000: 5 ms, as long as every 250th row among all). */
const FEW = 4_000;

const INDEX: { readonly [S in Source]: string } = {
  ids: "sqlite_autoindex_instances_1",
  stopped: "instances_stopped",
  parent: "instances_parent",
  open: "instances_open",
  ended: "instances_ended",
  all: "instances_created",
};

/** How one query is answered. */
interface Plan extends QueryOrder {
  readonly filter: InstanceFilter;
  readonly by: OrderedBy;
  readonly source: Source;
  /** Its rows are sorted. */
  readonly isSmall: boolean;
}

/** One page in order of (time, number). */
export function queryPage(reader: Reader, query: InstanceQuery): InstancePage {
  const { payloads, hides } = readFor(query);
  const rowOf = ({ no }: Found) => reader.instanceOf(reader.rows(ONE, Number(no))[0] ?? {}, payloads);
  const keeps = (row: InstanceRow) => hasTexts(row, query);
  return reader.snapshot(() => {
    const plan = planOf(reader, query, query);
    const look = new PageLook(query, plan === null || plan.isSmall || isPlain(plan));
    for (let step = look.next(); plan !== null && step !== null; step = look.next()) {
      const edge = step.rows === null ? null : edgeOf(reader, plan, step.from, step.rows);
      look.took(step, edge, cutPage(found(reader, plan, step, edge), rowOf, { ...step, keeps, hides }));
    }
    return look.page();
  });
}

interface Found {
  readonly no?: unknown;
}

const ONE = selectInstances("instances i", "WHERE no = ?");

/** Without a row that is decoded. */
export function countInstances(reader: Reader, params: CountQuery): InstanceCount {
  const { cap, lookAtMost: look = Number.MAX_SAFE_INTEGER - 1 } = params;
  if (isInTexts(params.filter)) return countByPages((query) => queryPage(reader, query), params);
  const filter = withImplied(params.filter, false);
  if (filter === null) return { count: 0, exact: true };
  const sql = new SqliteSql();
  const text = countSql(filter, { cap, look }, sql, (source) => `instances i INDEXED BY ${INDEX[source]}`);
  const { looked, n } = reader.rows(text, ...sql.values)[0] ?? {};
  return { count: Math.min(Number(n), cap), exact: Number(n) <= cap && Number(looked) <= look };
}

/** Null: the filter contradicts itself. */
function planOf(reader: Reader, given: InstanceFilter, order: QueryOrder): Plan | null {
  const { orderBy: by = "created", newestFirst = false } = order;
  const filter = withImplied(given, by === "ended");
  if (filter === null) return null;
  const small = smallSources(filter, by).find((source) => hasFew(reader, filter, source));
  return { filter, by, orderBy: by, newestFirst, source: small ?? orderedSource(filter, by), isSmall: small !== undefined };
}

/** All rows of its range are meant. */
const isPlain = (plan: Plan): boolean => filterTests(withoutStatuses(plan), plan.by, new SqliteSql(), plan.source).length === 0;

/** Rows of each status that has ended are a range of their own. */
const withoutStatuses = ({ filter, source }: Plan): InstanceFilter => (source === "ended" ? { ...filter, statuses: [] } : filter);

function hasFew(reader: Reader, filter: InstanceFilter, source: Source): boolean {
  const sql = new SqliteSql();
  const rows = `FROM instances i INDEXED BY ${INDEX[source]} WHERE ${partOf(filter, source, sql)}`;
  return reader.rows(`SELECT 1 ${rows} LIMIT ${FEW + 1}`, ...sql.values).length <= FEW;
}

/** Places of rows between two others. In order of the end they are one range of the index for each status: as a compound statement SQLite merges them. */
function placesSql(plan: Plan, sql: SqliteSql, from: Place | null, to: Place | null): string {
  const { filter, by, source, isSmall, newestFirst = false } = plan;
  const tests = [...rangeTests(filter, plan, from, to, sql), ...filterTests(withoutStatuses(plan), by, sql, source)];
  const select = `SELECT i.no AS no, i.${columnOf(by)} AS at FROM instances i INDEXED BY ${INDEX[source]} WHERE`;
  if (source !== "ended" || isSmall) return `${select} ${[partOf(filter, source, sql), ...tests].join(" AND ")} ORDER BY ${orderSql(plan)}`;
  const each = TERMINAL_STATUSES.filter((status) => filter.statuses.length === 0 || filter.statuses.includes(status)).map((status) =>
    [`${select} i.completed_at IS NOT NULL`, `i.status = '${status}'`, ...tests].join(" AND "),
  );
  return `${each.join(" UNION ALL ")} ORDER BY ${newestFirst ? "at DESC, no DESC" : "at, no"}`;
}

function edgeOf(reader: Reader, plan: Plan, from: Place | null, rows: number): Place | null {
  const sql = new SqliteSql();
  const all = { ...plan, filter: onlyRange(plan.filter, plan.by, plan.source) };
  const [edge] = reader.rows(`${placesSql(all, sql, from, null)} LIMIT 1 OFFSET ${sql.place(rows - 1)}`, ...sql.values);
  return edge === undefined ? null : { at: Number(edge.at), no: Number(edge.no) };
}

function found(reader: Reader, plan: Plan, { from, limit }: LookStep, edge: Place | null): Iterable<Found> {
  const sql = new SqliteSql();
  const places = placesSql(plan, sql, from, edge);
  return reader.each(isInTexts(plan.filter) ? places : `${places} LIMIT ${sql.place(limit + 1)}`, ...sql.values);
}
