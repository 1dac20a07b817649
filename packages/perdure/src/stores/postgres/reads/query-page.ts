import type { InstancePage, InstanceQuery } from "../../../store/contract.ts";
import { pageToken, parsePageToken } from "../../../store/page-token.ts";
import type { Row, Statement } from "../connections/link.ts";
import { instanceColumns, instanceRow } from "../rows-of.ts";
import { refuseUnstorable } from "../wire/texts.ts";

/** Behind every id with a prefix, in order of code points: ids have at most 256 characters. */
const BEHIND = "\u{10ffff}".repeat(257);

/**
 * One page in order of (createdAt, no). Not prepared: which index serves best (creation time, or the ids with that prefix) depends on the
 * values. A row more than wanted says that there is another page.
 */
export function pageStatement(schema: string, query: InstanceQuery): Statement {
  const tests: string[] = [];
  const values: unknown[] = [];
  const test = (sql: (...places: readonly string[]) => string, ...given: readonly unknown[]) => {
    tests.push(sql(...given.map((value) => `$${values.push(value)}`)));
  };
  const { createdFrom, createdTo, statuses, idPrefix, stopped, limit } = query;
  if (createdFrom !== null) test((from) => `i.created_at >= ${from}`, createdFrom);
  if (createdTo !== null) test((to) => `i.created_at <= ${to}`, createdTo);
  if (statuses.length > 0) test((wanted) => `i.status = ANY (${wanted}::text[])`, statuses);
  if (idPrefix !== null && idPrefix !== "") {
    refuseUnstorable(idPrefix, "id prefix");
    test((low, high) => `i.instance_id >= ${low} AND i.instance_id < ${high}`, idPrefix, `${idPrefix}${BEHIND}`);
  }
  if (stopped !== null) tests.push(`i.stopped IS ${stopped ? "NOT NULL" : "NULL"}`);
  const position = query.continuation === null ? null : parsePageToken(query.continuation);
  if (position !== null) test((at, no) => `(i.created_at, i.no) > (${at}, ${no})`, position.createdAt, position.no);
  const where = tests.length === 0 ? "" : `WHERE ${tests.join(" AND ")}`;
  const text = `SELECT ${instanceColumns(schema)} FROM ${schema}.instances i ${where} ORDER BY i.created_at, i.no LIMIT $${values.push(limit + 1)}`;
  return { text, values };
}

export function pageOf(rows: readonly Row[], limit: number): InstancePage {
  const page = rows.slice(0, limit).map(instanceRow);
  const last = page.at(-1);
  return { rows: page, continuation: last !== undefined && rows.length > limit ? pageToken(last) : null };
}
