import type { AnyColumns, Column, Columns } from "../../row-columns.ts";
import type { Texts } from "./texts.ts";

/**
 * One kind of row: what the packer (`pack`) writes and the database functions (`layout-sql.ts`) read. The order of the columns is their order on the wire.
 * A number is one bigint. A string is two, which say where it is in the bytes of the call; a `payload` has a text column and a `_z` column.
 */
export interface Layout<Row, C extends Columns<Row>> {
  readonly columns: C;
  /** Numbers of one row. */
  readonly size: number;
  pack(to: number[], texts: Texts, row: Row): void;
}

/** Layouts of any row, for code that looks at names and kinds only. */
export interface Described {
  readonly columns: AnyColumns;
  readonly size: number;
}

/** In two steps, because TypeScript infers all type parameters of a call or none. */
export function layout<Row>(): <const C extends Columns<Row>>(columns: C) => Layout<Row, C> {
  return (columns) => {
    const list = Object.values<Column<Row>>(columns).map(packed);
    return {
      columns,
      size: sizeOf(columns),
      pack(to, texts, row) {
        for (let index = 0; index < list.length; index += 1) packColumn(list[index] as Packed<Row>, to, texts, row);
      },
    };
  };
}

/** All columns in one shape: the loop over them is the hot path of each commit. */
interface Packed<Row> {
  readonly number: ((row: Row) => number) | null;
  readonly string: (row: Row) => string | null;
  readonly kind: "text" | "common" | "payload";
  readonly what: string;
}

const NO_STRING = () => null;

function packed<Row>(column: Column<Row>): Packed<Row> {
  if ("number" in column) return { number: column.number, string: NO_STRING, kind: "text", what: "" };
  if ("common" in column) return { number: null, string: column.common, kind: "common", what: "" };
  if ("payload" in column) return { number: null, string: column.payload, kind: "payload", what: "" };
  return { number: null, string: column.text, kind: "text", what: column.what };
}

function packColumn<Row>({ number, string, kind, what }: Packed<Row>, to: number[], texts: Texts, row: Row): void {
  if (number !== null) {
    to.push(number(row));
    return;
  }
  const value = string(row);
  if (kind === "payload") texts.payload(to, value);
  else if (kind === "common" && value !== null) texts.common(to, value);
  else texts.plain(to, value, what);
}

/** A column of numbers takes one place, one of strings two. */
export const widthOf = (column: object): number => ("number" in column ? 1 : 2);

const sizeOf = (columns: Described["columns"]): number => Object.values(columns).reduce((sum, column) => sum + widthOf(column), 0);

export function packAll<Row>(kind: Pick<Layout<Row, Columns<Row>>, "pack">, rows: readonly Row[], texts: Texts): readonly number[] {
  const numbers: number[] = [];
  for (const row of rows) kind.pack(numbers, texts, row);
  return numbers;
}
