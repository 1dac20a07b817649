/**
 * A column of a kind of row that travels to a database or to another thread, and where its value comes from. `number`: a number, which stands for booleans
 * (0, 1) and null (-1), too. The others are strings: `text` is an id or other short string that a database must be able to compare (`what` names it in an
 * error), `common` one of a few that repeat (names, kinds, statuses), `payload` any string.
 */
export type Column<Row> =
  | { readonly number: (row: Row) => number }
  | { readonly text: (row: Row) => string | null; readonly what: string }
  | { readonly common: (row: Row) => string }
  | { readonly payload: (row: Row) => string | null };

export type Columns<Row> = { readonly [name: string]: Column<Row> };

/** Columns of any row, for code that looks at names and kinds only. */
export type AnyColumns = { readonly [name: string]: object };

/** Two sides that pack and read by the same columns, in the same order, have the same of these. */
export const namesAndKinds = (columns: AnyColumns): readonly unknown[] =>
  Object.entries(columns).map(([name, column]) => [name, Object.keys(column)[0]]);

/** A layout as one number, for the receiver to compare: it says that two releases differ, not which is the newer. */
export function layoutNumberOf(description: readonly unknown[]): number {
  // FNV-1a: a layout need not be safe from forgery, and Node's hashes are 5 ms of the start of a thread that needs no other.
  let hash = 0x811c9dc5;
  for (const unit of JSON.stringify(description)) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

export const orMinusOne = (value: number | null | undefined): number => value ?? -1;

export const jsonOrNull = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

export const oneOrZero = (value: boolean): number => (value ? 1 : 0);
