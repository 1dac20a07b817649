/** Rows in the answer of `commit_batch`: the table columns of each, whose values follow each other in one JSON array. */
export const CLAIMED = ["no", "version"] as const;
export const CLAIMED_TASK = ["no", "generation", "event_id"] as const;

type Answered = readonly string[];

/** `(1, t.no), (2, t.version)`: place and value of each column of the table `alias`. */
export const placesOf = (columns: Answered, alias: string): string =>
  columns.map((column, index) => `(${index + 1}, ${alias}.${column})`).join(", ");

export function rowsOf<const C extends Answered, Row>(
  columns: C,
  numbers: readonly number[],
  of: (row: { readonly [N in C[number]]: number }) => Row,
) {
  const rows: Row[] = [];
  for (let at = 0; at < numbers.length; at += columns.length) {
    const row: { [column: string]: number } = {};
    for (const [index, column] of columns.entries()) row[column] = numbers[at + index] ?? 0;
    rows.push(of(row as { readonly [N in C[number]]: number }));
  }
  return rows;
}
