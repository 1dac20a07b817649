/** What stands for a number, an id or a quoted text. */
const ANY = "…";
const MOST_CHARS = 300;

const QUOTED = [/"[^"]*"/g, /“[^”]*”/g, /`[^`]*`/g, /(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/gu] as const;
/** A word with a digit in it: numbers, ids, hashes, times, addresses. */
const NUMBERED = /[\p{L}\p{N}_#@:/.+-]*\p{N}[\p{L}\p{N}_#@:/.%+-]*/gu;

/** The first line of a message, without what differs from one failure to the next: numbers, ids and quoted texts. Of what it gives it gives the same again. */
export function patternOf(message: string): string {
  let text = (message.trim().split(/[\r\n]/, 1)[0] ?? "").slice(0, MOST_CHARS).toWellFormed();
  for (const quoted of QUOTED) text = text.replace(quoted, (found) => `${found.charAt(0)}${ANY}${found.charAt(found.length - 1)}`);
  return text.replace(NUMBERED, numbered).replace(/\s+/g, " ").trim();
}

/** A full stop or colon behind it belongs to the sentence. */
const numbered = (word: string): string => `${ANY}${/[.:]+$/.exec(word)?.[0] ?? ""}`;
