/** The known name that a misspelled one was probably meant to be; null when none is near. */
export function nearestName(given: string, known: readonly string[]): string | null {
  const from = given.toLowerCase();
  let best: { readonly name: string; readonly edits: number } | null = null;
  for (const name of known) {
    const edits = editsBetween(from, name.toLowerCase());
    if (edits <= mostEdits(from) && (best === null || edits < best.edits)) best = { name, edits };
  }
  return best === null ? null : best.name;
}

/** Of three letters two are another word. */
const mostEdits = ({ length }: string): number => (length <= 3 ? 1 : Math.max(2, Math.floor(length / 4)));

/** `; did you mean "start"?` for the middle of a message; "" when none is near. */
export function didYouMean(given: string, known: readonly string[]): string {
  const nearest = nearestName(given, known);
  return nearest === null ? "" : `; did you mean "${nearest}"?`;
}

/** Letters to insert, drop or replace, and neighbours to change over. */
function editsBetween(from: string, to: string): number {
  let above: readonly number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let at = 1; at <= from.length; at++) {
    const next = [at];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (from[at - 1] === to[column - 1] ? 0 : 1);
      const isTurned = from[at - 1] === to[column - 2] && from[at - 2] === to[column - 1];
      const turned = isTurned ? (above[column - 2] ?? Number.POSITIVE_INFINITY) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, turned, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    above = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
