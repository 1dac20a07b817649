import { ENTITY_MARK } from "../../../model/ids.ts";
import type { InstancePage, InstanceQuery } from "../../../store/contract.ts";
import { parsePageToken } from "../../../store/page-token.ts";
import { cutPage } from "../../page-cut.ts";
import type { Row, Statement } from "../connections/link.ts";
import { INSTANCE_WITHOUT_INPUT, instanceColumns, instanceRow } from "../rows-of.ts";
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
  if (query.showEntities === false) tests.push(`left(i.instance_id, 1) <> '${ENTITY_MARK}'`);
  const position = query.continuation === null ? null : parsePageToken(query.continuation);
  if (position !== null) test((at, no) => `(i.created_at, i.no) > (${at}, ${no})`, position.createdAt, position.no);
  const where = tests.length === 0 ? "" : `WHERE ${tests.join(" AND ")}`;
  const found = `FROM ${schema}.instances i ${where} ORDER BY i.created_at, i.no LIMIT $${values.push(limit + 1)}`;
  const cutting = { ...query, order: ["created_at", "no"] };
  return { text: cut(schema, found, cutting, (value) => `$${values.push(value)}`), values };
}

/**
 * Rows behind the one that makes `maxBytes` full do not leave the server. The lengths of large texts stand beside them, so only what is sent is read.
 * `found` in each row says how many there were.
 */
export function cut(
  schema: string,
  found: string,
  { maxBytes, showInput = true, order }: Pick<InstanceQuery, "maxBytes" | "showInput"> & { readonly order: readonly string[] },
  place: (value: unknown) => string,
): string {
  const columns = showInput ? "i.*" : INSTANCE_WITHOUT_INPUT;
  if (maxBytes === undefined) return `SELECT ${instanceColumns(schema, columns)} ${found}`;
  const texts = ["custom_status", "output", ...(showInput ? ["input"] : [])].flatMap((text) => [text, `${text}_z`]);
  const size = texts.map((text) => `coalesce(octet_length(p.${text}), 0)`).join(" + ");
  const before = `sum(${size}) OVER (ORDER BY ${order.map((column) => `p.${column}`).join(", ")} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  return `SELECT ${instanceColumns(schema, columns)}, i.found FROM (
    SELECT p.*, ${before} AS before, count(*) OVER ()::int AS found FROM (SELECT i.* ${found}) p) i
    WHERE coalesce(i.before, 0) < ${place(maxBytes)} ORDER BY ${order.map((column) => `i.${column}`).join(", ")}`;
}

export function pageOf(rows: readonly Row[], query: InstanceQuery): InstancePage {
  return cutPage(rows, instanceRow, query, rows.length < Number(rows[0]?.found ?? 0));
}
