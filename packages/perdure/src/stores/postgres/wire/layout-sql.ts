import type { Described } from "./layout.ts";
import { widthOf } from "./layout.ts";

/** The value of a column, for the row that begins at this position of its array: an SQL expression, which gives the position of the row's first number. */
type Accessor = (row: string) => string;

/** A payload has two columns in a table: `events`, and `eventsZ` for what is stored packed. */
type Accessors<L extends Described> = { readonly [Name in keyof L["columns"]]: Accessor } & {
  readonly [Name in keyof L["columns"] & string as L["columns"][Name] extends { readonly payload: unknown } ? `${Name}Z` : never]: Accessor;
};

/** Whether a payload of the rows may be stored packed. Where none is, an expression for it is a third as long. */
export type Payloads = "maybePacked" | "asTheyAre";

/** What SQL reads from an array of rows by name: `columnsOf(HISTORY, "h").firstSeq("g")` is `h[g + 3]`. `b` is the bytes of the call. */
export function columnsOf<L extends Described>(layout: L, array: string, payloads: Payloads = "maybePacked"): Accessors<L> {
  const accessors: Record<string, Accessor> = {};
  let offset = 0;
  for (const [name, column] of Object.entries(layout.columns)) {
    const [first, second] = [offset, offset + 1];
    const place = (row: string) => `${array}[${plus(row, first)}], ${array}[${plus(row, second)}]`;
    if ("number" in column) accessors[name] = (row) => `${array}[${plus(row, first)}]`;
    else if ("payload" in column) {
      accessors[name] = (row) => `${payloads === "asTheyAre" ? "text_at" : "payload_at"}(${BYTES}, ${place(row)})`;
      accessors[`${name}Z`] = (row) => (payloads === "asTheyAre" ? "NULL::bytea" : `packed_at(${BYTES}, ${place(row)})`);
    } else accessors[name] = (row) => `text_at(${BYTES}, ${place(row)})`;
    offset += widthOf(column);
  }
  return accessors as Accessors<L>;
}

/** The values of the only row of an array, or of the first: `valuesOf(HEAD, "p_head").worker` is `p_head[1]`. */
export function valuesOf<L extends Described>(layout: L, array: string): { readonly [Name in keyof Accessors<L>]: string } {
  const accessors = Object.entries<Accessor>(columnsOf(layout, array));
  return Object.fromEntries(accessors.map(([name, of]) => [name, of(ONLY_ROW)])) as { readonly [Name in keyof Accessors<L>]: string };
}

/** How a function names the bytes of its call. */
const BYTES = "b";

/** Where each row begins. */
export const eachRow = ({ size }: Described, array: string): string => `generate_series(1, cardinality(${array}), ${size})`;

/** Where the only row begins. */
export const ONLY_ROW = "1";

export const rowCount = ({ size }: Described, array: string): string => `cardinality(${array}) / ${size}`;

/** Where the row in this place (an expression, from 1) begins. */
export const rowAt = ({ size }: Described, place: string): string => `${place} * ${size} - ${size - 1}`;

/** Where the row in this position (from 0) begins. */
export const rowFromZero = ({ size }: Described, position: string): string => `${position} * ${size} + 1`;

/** Positions from 0. */
export const eachPosition = (layout: Described, array: string): string => `generate_series(0, ${rowCount(layout, array)} - 1)`;

/** An expression and a constant: a constant at its end is added to it here, not for each row. */
function plus(expression: string, more: number): string {
  const tail = /^(?:(.*) ([+-]) )?(\d+)$/.exec(expression);
  const head = tail === null ? expression : (tail[1] ?? "");
  const sum = more + (tail === null ? 0 : Number(`${tail[2] ?? ""}${tail[3]}`));
  if (head === "") return String(sum);
  if (sum === 0) return head;
  return `${head} ${sum < 0 ? "-" : "+"} ${Math.abs(sum)}`;
}
