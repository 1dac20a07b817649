import { hasTexts, withImplied } from "../../../store/filter.ts";
import type { Place } from "../../../store/page-token.ts";
import type {
  CountQuery,
  InstanceCount,
  InstanceFilter,
  InstancePage,
  InstanceQuery,
  OrderedBy,
  QueryOrder,
} from "../../../store/queries.ts";
import type { InstanceRow } from "../../../store/rows.ts";
import { countByPagesLater, isInTexts } from "../../count-by-pages.ts";
import type { Source } from "../../filter-sql.ts";
import { columnOf, countSql, filterTests, onlyRange, orderedSource, orderSql, partOf, rangeTests, smallSources } from "../../filter-sql.ts";
import type { PagePart } from "../../page-cut.ts";
import { cutPage, readFor } from "../../page-cut.ts";
import type { LookStep } from "../../page-look.ts";
import { PageLook } from "../../page-look.ts";
import type { Row, Statement } from "../connections/link.ts";
import { instanceRow } from "../rows-of.ts";
import { cut } from "./cut.ts";
import { isUnhappy, PostgresSql } from "./postgres-sql.ts";

/** As on SQLite: up to this many rows are sorted. */
const FEW = 4_000;

export type Read = (statement: Statement) => Promise<readonly Row[]>;

interface Plan extends QueryOrder {
  readonly schema: string;
  readonly filter: InstanceFilter;
  readonly by: OrderedBy;
  readonly source: Source;
  readonly isSmall: boolean;
}

/**
 * One page, by statements that are not prepared: which index serves best depends on the values. Each look has an end before it is made, so a plan that the server
 * chooses badly reads no more than the look. Rows may come and go between two statements: the second sees all that there is up to that end.
 */
export async function queryPage(schema: string, read: Read, query: InstanceQuery): Promise<InstancePage> {
  const plan = await planOf(schema, read, query);
  const look = new PageLook(query, plan === null || plan.isSmall || isPlain(plan));
  for (let step = look.next(); plan !== null && step !== null; step = look.next()) {
    const edge = step.rows === null ? null : await edgeOf(read, plan, step.from, step.rows);
    look.took(step, edge, partOfPage(await read(pageStatement(plan, query, step, edge)), query, step));
  }
  return look.page();
}

function partOfPage(rows: readonly Row[], query: InstanceQuery, step: LookStep): PagePart {
  const found = Number(rows[0]?.found ?? rows.length);
  const keeps = (row: InstanceRow) => hasTexts(row, query);
  return cutPage(rows, instanceRow, { ...step, ...readFor(query), keeps, isCut: rows.length < found || found > step.limit });
}

export async function countInstances(schema: string, read: Read, params: CountQuery): Promise<InstanceCount> {
  const { cap, lookAtMost: look = Number.MAX_SAFE_INTEGER - 1 } = params;
  if (isInTexts(params.filter)) return countByPagesLater((query) => queryPage(schema, read, query), params);
  const filter = withImplied(params.filter, false);
  if (filter === null) return { count: 0, exact: true };
  const sql = new PostgresSql();
  const text = countSql(filter, { cap, look }, sql, () => `${schema}.instances i`);
  const { looked, n } = (await read({ text, values: sql.values }))[0] ?? {};
  return { count: Math.min(Number(n), cap), exact: Number(n) <= cap && Number(looked) <= look };
}

async function planOf(schema: string, read: Read, query: InstanceQuery): Promise<Plan | null> {
  const { orderBy: by = "created", newestFirst = false } = query;
  const filter = withImplied(query, by === "ended");
  if (filter === null) return null;
  const plan = { schema, filter, by, orderBy: by, newestFirst };
  for (const source of smallSources(filter, by)) {
    if (await hasFew(schema, read, filter, source)) return { ...plan, source, isSmall: true };
  }
  return { ...plan, source: orderedSource(filter, by), isSmall: false };
}

const isPlain = (plan: Plan): boolean => filterTests(plan.filter, plan.by, new PostgresSql(), plan.source).length === 0;

async function hasFew(schema: string, read: Read, filter: InstanceFilter, source: Source): Promise<boolean> {
  const sql = new PostgresSql();
  const text = `SELECT count(*)::int AS n FROM (SELECT 1 FROM ${schema}.instances i WHERE ${partOf(filter, source, sql)} LIMIT ${FEW + 1}) s`;
  return Number((await read({ text, values: sql.values }))[0]?.n) <= FEW;
}

/**
 * `FROM` and `WHERE` of the rows of a plan between two places. OFFSET 0: the small part first, whatever the server expects of the order. In order of the end those
 * that did not end well are one range of an index for each status, merged.
 */
function rowsOf({ schema, ...plan }: Plan, sql: PostgresSql, from: Place | null, to: Place | null): string {
  const { filter, by, source, isSmall } = plan;
  const table = `${schema}.instances i`;
  const tests = ["true", ...rangeTests(filter, plan, from, to, sql), ...filterTests(filter, by, sql, source)].join(" AND ");
  if (isSmall) return `FROM (SELECT i.* FROM ${table} WHERE ${partOf(filter, source, sql)} OFFSET 0) i WHERE ${tests}`;
  if (source !== "ended" || !isUnhappy(filter.statuses)) return `FROM ${table} WHERE ${partOf(filter, source, sql)} AND ${tests}`;
  const each = filter.statuses.map((status) => `SELECT i.* FROM ${table} WHERE ${sql.endedAs(status)} AND ${tests}`);
  return `FROM (${each.join(" UNION ALL ")}) i WHERE true`;
}

async function edgeOf(read: Read, plan: Plan, from: Place | null, rows: number): Promise<Place | null> {
  const sql = new PostgresSql();
  const all = { ...plan, filter: onlyRange(plan.filter, plan.by, plan.source) };
  const text = `SELECT i.no, i.${columnOf(plan.by)} AS at ${rowsOf(all, sql, from, null)} ORDER BY ${orderSql(plan)} LIMIT 1 OFFSET ${rows - 1}`;
  const [edge] = await read({ text, values: sql.values });
  return edge === undefined ? null : { at: Number(edge.at), no: Number(edge.no) };
}

function pageStatement(plan: Plan, query: InstanceQuery, { from, limit, maxBytes }: LookStep, edge: Place | null): Statement {
  const sql = new PostgresSql();
  const found = `${rowsOf(plan, sql, from, edge)} ORDER BY ${orderSql(plan)} LIMIT ${sql.place(limit + 1)}`;
  const cutting = { payloads: readFor(query).payloads, order: orderSql(plan), ...(Number.isFinite(maxBytes) ? { maxBytes } : {}) };
  return { text: cut(plan.schema, found, cutting, (value) => sql.place(value)), values: sql.values };
}
