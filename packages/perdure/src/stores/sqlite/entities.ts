import type { EntityPage, EntityQuery } from "../../store/entities.ts";
import { behindPrefix } from "../../store/entities.ts";
import { isNotBuiltIn } from "../filter-sql.ts";
import { cutEntityPage } from "../page-cut.ts";
import type { Reader } from "./reader.ts";
import { INPUT_ASIDE, selectInstances } from "./rows-of.ts";

const HAS_STATE = `(input IS NOT NULL OR side & ${INPUT_ASIDE} <> 0)`;
const BY_ID = "instances i INDEXED BY sqlite_autoindex_instances_1";

/** By the index over ids: all other tests are made inside that range. */
export function readEntities(reader: Reader, query: EntityQuery): EntityPage {
  const { prefix, updatedFrom, updatedTo, emptyOnes, showState, after, limit } = query;
  const tests = [isNotBuiltIn("instance_id"), ...(emptyOnes ? [] : [HAS_STATE])];
  const values: (string | number)[] = [];
  const test = (sql: string, value: string | number | null) => {
    if (value === null) return;
    tests.push(sql);
    values.push(value);
  };
  test("instance_id >= ?", prefix);
  test("instance_id < ?", behindPrefix(prefix));
  test("instance_id > ?", after);
  test("updated_at >= ?", updatedFrom);
  test("updated_at <= ?", updatedTo);
  const sql = selectInstances(BY_ID, `WHERE ${tests.join(" AND ")} ORDER BY instance_id LIMIT ?`);
  return reader.snapshot(() => {
    const found = reader.each(sql, ...values, limit + 1);
    return cutEntityPage(found, (row) => reader.instanceOf(row, showState ? "all" : "withoutInput"), query);
  });
}
