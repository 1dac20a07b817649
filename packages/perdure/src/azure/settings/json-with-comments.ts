/**
 * JSON as the Functions host reads it: a byte-order mark, comments, and a comma before a closing bracket are legal. Throws a SyntaxError.
 */
export function parseJsonWithComments(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, "").replace(COMMENT_OR_COMMA, (found) => (found.startsWith('"') ? found : "")));
}

const LINE = String.raw`\/\/[^\n\r]*`;
const BLOCK = String.raw`\/\*(?:[^*]|\*(?!\/))*\*\/`;

/** Strings are found first, so that what looks like a comment inside one stays. */
const COMMENT_OR_COMMA = new RegExp(String.raw`"(?:[^"\\]|\\.)*"|${LINE}|${BLOCK}|,(?=(?:\s|${LINE}|${BLOCK})*[}\]])`, "g");
