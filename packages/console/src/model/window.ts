/** Rows of a long list that exist: from `first` up to `end`, the first of them `top` below the upper edge. */
export interface RowWindow {
  readonly first: number;
  readonly end: number;
  readonly top: number;
}

/** More than fit, so that a short way of scrolling shows no gap. */
const BEYOND = 6;

/** Of `count` rows of one height, those that are seen. */
export function rowWindow(count: number, rowHeight: number, scrolled: number, seen: number): RowWindow {
  const first = Math.min(Math.max(0, Math.floor(scrolled / rowHeight) - BEYOND), Math.max(0, count - 1));
  const end = Math.min(count, Math.ceil((scrolled + seen) / rowHeight) + BEYOND);
  return { first, end: Math.max(first, end), top: first * rowHeight };
}

/** How far to scroll so that this row is seen whole; the same place when it is. */
export function scrolledTo(row: number, rowHeight: number, scrolled: number, seen: number): number {
  const top = row * rowHeight;
  if (top < scrolled) return top;
  return top + rowHeight > scrolled + seen ? top + rowHeight - seen : scrolled;
}
