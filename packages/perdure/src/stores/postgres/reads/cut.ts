import type { Payloads } from "../../../store/queries.ts";
import { INSTANCE_WITHOUT_INPUT, INSTANCE_WITHOUT_PAYLOADS, instanceColumns } from "../rows-of.ts";

interface Cutting {
  readonly payloads: Payloads;
  /** Of the rows `i`. */
  readonly order: string;
  readonly maxBytes?: number;
}

const COLUMNS: { readonly [P in Payloads]: string } = { all: "i.*", withoutInput: INSTANCE_WITHOUT_INPUT, none: INSTANCE_WITHOUT_PAYLOADS };
const TEXTS: { readonly [P in Payloads]: readonly string[] } = {
  all: ["custom_status", "output", "input"],
  withoutInput: ["custom_status", "output"],
  none: [],
};

/**
 * Rows behind the one that makes `maxBytes` full do not leave the server. The lengths of large texts stand beside them, so only what is sent is read.
 * `found` in each row says how many there were.
 */
export function cut(schema: string, found: string, { payloads, order, maxBytes }: Cutting, place: (value: unknown) => string): string {
  const columns = COLUMNS[payloads];
  const texts = TEXTS[payloads].flatMap((text) => [text, `${text}_z`]);
  if (maxBytes === undefined || texts.length === 0) return `SELECT ${instanceColumns(schema, columns)} ${found}`;
  const size = texts.map((text) => `coalesce(octet_length(p.${text}), 0)`).join(" + ");
  const before = `sum(${size}) OVER (ORDER BY ${order.replaceAll("i.", "p.")} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  return `SELECT ${instanceColumns(schema, columns)}, i.found FROM (
    SELECT p.*, ${before} AS before, count(*) OVER ()::int AS found FROM (SELECT i.* ${found}) p) i
    WHERE coalesce(i.before, 0) < ${place(maxBytes)} ORDER BY ${order}`;
}
