import type { EntityPage, EntityQuery } from "../../../store/entities.ts";
import { behindPrefix } from "../../../store/entities.ts";
import { isNotBuiltIn } from "../../filter-sql.ts";
import { cutEntityPage } from "../../page-cut.ts";
import type { Row, Statement } from "../connections/link.ts";
import { instanceRow } from "../rows-of.ts";
import { refuseUnstorable } from "../wire/texts.ts";
import { cut } from "./cut.ts";

/** By the index over ids: all other tests are made inside that range. A row more than wanted says that there is another page. */
export function entitiesStatement(schema: string, query: EntityQuery): Statement {
  const { prefix, updatedFrom, updatedTo, emptyOnes, showState, after, limit, maxBytes } = query;
  refuseUnstorable(prefix, "id prefix");
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const range = [`i.instance_id >= ${place(prefix)}`, `i.instance_id < ${place(behindPrefix(prefix))}`];
  const tests = [...range, isNotBuiltIn("i.instance_id")];
  if (after !== null) tests.push(`i.instance_id > ${place(after)}`);
  if (!emptyOnes) tests.push("(i.input IS NOT NULL OR i.input_z IS NOT NULL)");
  if (updatedFrom !== null) tests.push(`i.updated_at >= ${place(updatedFrom)}`);
  if (updatedTo !== null) tests.push(`i.updated_at <= ${place(updatedTo)}`);
  const found = `FROM ${schema}.instances i WHERE ${tests.join(" AND ")} ORDER BY i.instance_id LIMIT ${place(limit + 1)}`;
  const payloads = showState ? "all" : "withoutInput";
  const cutting = { order: "i.instance_id", payloads, ...(maxBytes === undefined ? {} : { maxBytes }) } as const;
  return { text: cut(schema, found, cutting, place), values };
}

export const entitiesOf = (rows: readonly Row[], query: EntityQuery): EntityPage =>
  cutEntityPage(rows, instanceRow, query, rows.length < Number(rows[0]?.found ?? 0));
