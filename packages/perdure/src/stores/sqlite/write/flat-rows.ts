import type { Column, Columns } from "../../row-columns.ts";

/** Rows of one kind, one behind the other: all their numbers, and all their strings. */
export interface FlatRows {
  readonly numbers: readonly number[];
  readonly strings: readonly (string | null)[];
}

type ValueOf<Col> = Col extends { readonly [kind: string]: (row: never) => infer Value }
  ? Value
  : Col extends { readonly text: (row: never) => infer Text }
    ? Text
    : never;

/** A row as the receiver sees it. */
export type RowOf<C> = { readonly [Name in keyof C]: ValueOf<C[Name]> };

/** One kind of row, made from its columns: the order of the columns is their order on the wire. */
export interface FlatKind<Row, C extends Columns<Row>> {
  readonly columns: C;
  /** Undefined when there are none: what is empty does not travel. */
  pack(rows: readonly Row[]): FlatRows | undefined;
  count(flat: FlatRows): number;
  /** The value of a column in the row at this index. */
  readonly at: { readonly [Name in keyof C]: (flat: FlatRows, row: number) => ValueOf<C[Name]> };
}

/** In two steps, because TypeScript infers all type parameters of a call or none. */
export function flatKind<Row>(): <const C extends Columns<Row>>(columns: C) => FlatKind<Row, C> {
  return <const C extends Columns<Row>>(columns: C): FlatKind<Row, C> => {
    const numbersOf: ((row: Row) => number)[] = [];
    const stringsOf: ((row: Row) => string | null)[] = [];
    const places = Object.entries<Column<Row>>(columns).map(([name, column]) => {
      if ("number" in column) return [name, true, numbersOf.push(column.number) - 1] as const;
      return [name, false, stringsOf.push(stringOf(column)) - 1] as const;
    });
    const [numbers, strings] = [numbersOf.length, stringsOf.length];
    const at = places.map(([name, isNumber, place]) => [
      name,
      isNumber
        ? (flat: FlatRows, row: number) => flat.numbers[row * numbers + place]
        : (flat: FlatRows, row: number) => flat.strings[row * strings + place],
    ]);
    return {
      columns,
      pack: (rows) => (rows.length === 0 ? undefined : packRows(rows, numbersOf, stringsOf)),
      count: (flat) => flat.numbers.length / numbers,
      at: Object.fromEntries(at) as FlatKind<Row, C>["at"],
    };
  };
}

function stringOf<Row>(column: Exclude<Column<Row>, { readonly number: unknown }>): (row: Row) => string | null {
  if ("text" in column) return column.text;
  return "common" in column ? column.common : column.payload;
}

function packRows<Row>(
  rows: readonly Row[],
  numbersOf: readonly ((row: Row) => number)[],
  stringsOf: readonly ((row: Row) => string | null)[],
): FlatRows {
  const numbers: number[] = [];
  const strings: (string | null)[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as Row;
    for (let place = 0; place < numbersOf.length; place += 1) numbers.push((numbersOf[place] as (row: Row) => number)(row));
    for (let place = 0; place < stringsOf.length; place += 1) strings.push((stringsOf[place] as (row: Row) => string | null)(row));
  }
  return { numbers, strings };
}
