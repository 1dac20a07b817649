export interface CodeToken {
  readonly kind: "word" | "string" | "comment" | "number" | "plain";
  readonly text: string;
}

const WORDS =
  "async|await|break|case|catch|class|const|continue|default|do|else|export|extends|false|finally|for|from|function|if|import|in|instanceof|let|new|null|of|return|static|switch|this|throw|true|try|type|typeof|undefined|var|void|while|yield";
const TOKEN = new RegExp(
  `(//.*)|("(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?|\`(?:[^\`\\\\]|\\\\.)*\`?)|(?<![\\w$.])(${WORDS})(?![\\w$])|(?<![\\w$])(\\d[\\w.]*)`,
  "g",
);

/** One line of JavaScript or TypeScript, coloured as far as one line tells. The pieces give the line again. */
export function codeTokens(line: string): readonly CodeToken[] {
  const tokens: CodeToken[] = [];
  let at = 0;
  for (const match of line.matchAll(TOKEN)) {
    const [text, comment, string, word] = match;
    if (match.index > at) tokens.push({ kind: "plain", text: line.slice(at, match.index) });
    tokens.push({
      kind: comment !== undefined ? "comment" : string !== undefined ? "string" : word !== undefined ? "word" : "number",
      text,
    });
    at = match.index + text.length;
  }
  return at < line.length ? [...tokens, { kind: "plain", text: line.slice(at) }] : tokens;
}
