/** The known name that a misspelled one was probably meant to be; null when none is near. */
export function nearestName(given: string, known: readonly string[]): string | null {
  const from = given.toLowerCase();
  let best: { readonly name: string; readonly edits: number } | null = null;
  for (const name of known) {
    const edits = editsBetween(from, name.toLowerCase());
    if (edits <= Math.max(2, Math.floor(from.length / 4)) && (best === null || edits < best.edits)) best = { name, edits };
  }
  return best === null ? null : best.name;
}

/** Letters to insert, drop or replace. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let at = 1; at <= from.length; at++) {
    const next = [at];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (from[at - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
