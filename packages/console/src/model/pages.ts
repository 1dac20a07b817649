/** Rows of a list from the first on, and the place behind them; null: there are no more. */
export interface Pages<T> {
  readonly rows: readonly T[];
  readonly cursor: string | null;
}

type Known = { readonly id: string };

/** The first page again; those behind it stay as they were when they were asked for. */
export function withFirst<T extends Known>(before: Pages<T>, page: Pages<T>): Pages<T> {
  if (before.rows.length <= page.rows.length) return page;
  return { rows: [...page.rows, ...others(before, page)], cursor: before.cursor };
}

/** One more page behind those. */
export const withNext = <T extends Known>(before: Pages<T>, page: Pages<T>): Pages<T> => ({
  rows: [...others(before, page), ...page.rows],
  cursor: page.cursor,
});

function others<T extends Known>({ rows }: Pages<T>, page: Pages<T>): readonly T[] {
  const fresh = new Set(page.rows.map(({ id }) => id));
  return rows.filter(({ id }) => !fresh.has(id));
}
