/** `key` and `string` with their quotes; `word`: true, false, null; `blank`: white space; `other`: what no JSON has. */
export type JsonTokenKind = "key" | "string" | "number" | "word" | "mark" | "blank" | "other";

export interface JsonToken {
  readonly kind: JsonTokenKind;
  readonly text: string;
}

/** A string in runs: by single characters one of 2 MB takes 1.8 s instead of 0.04, and one of 20 MB is more than the engine has memory for. */
const TOKEN = /([ \t\r\n]+)|("[^"\\]*(?:\\.[^"\\]*)*"?)|(-?\d[\d.eE+-]*)|(true|false|null)(?![\w$])|([{}[\],:])|([^\s"{}[\],:]+|.)/gsu;

/**
 * The text in pieces that give it again, whatever it is: half a document and none at all as well. Nothing is parsed, so each number keeps its
 * digits, each string its escapes and each object its keys, the same one twice too.
 */
export function jsonTokens(text: string): readonly JsonToken[] {
  const tokens: JsonToken[] = [];
  for (const [piece, blank, string, number, word, mark] of text.matchAll(TOKEN)) {
    const kind =
      blank !== undefined
        ? "blank"
        : string !== undefined
          ? "string"
          : number !== undefined
            ? "number"
            : word !== undefined
              ? "word"
              : mark !== undefined
                ? "mark"
                : "other";
    if (piece === ":") markKey(tokens);
    tokens.push({ kind, text: piece });
  }
  return tokens;
}

/** A string is a key by what follows it. */
function markKey(tokens: JsonToken[]): void {
  const at = tokens.findLastIndex(({ kind }) => kind !== "blank");
  const token = tokens[at];
  if (token?.kind === "string") tokens[at] = { kind: "key", text: token.text };
}

/** On one line, without blanks between its parts. */
export const compactJson = (text: string): string =>
  jsonTokens(text)
    .filter(({ kind }) => kind !== "blank")
    .map((token) => token.text)
    .join("");
