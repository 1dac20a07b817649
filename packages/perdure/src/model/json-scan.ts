/** Levels of nesting that a value may have unless a hub says otherwise. */
export const DEFAULT_MAX_JSON_DEPTH = 1_000;

export type JsonProblem = { readonly kind: "deep" } | { readonly kind: "invalid"; readonly at: number };

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const SMALL_E = 0x65;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * What is wrong with a string that should be JSON, or null. One pass that builds no value: `JSON.parse` takes gigabytes and minutes for some millions of
 * opening brackets, and the memory of all values for what is only passed on. As fast as that for most strings, and half as fast for many small numbers.
 */
export function jsonProblem(text: string, maxDepth: number): JsonProblem | null {
  const open: number[] = []; // what closes each open list and object
  let at = behindBlanks(text, 0);
  for (;;) {
    const unit = text.charCodeAt(at);
    let isFresh = false; // just behind an opening, where a closing may come without a value
    if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      open.push(unit === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT);
      if (open.length > maxDepth) return { kind: "deep" };
      isFresh = true;
      at = behindBlanks(text, at + 1);
    } else {
      at = behindScalar(text, at, unit);
      if (at < 0) return { kind: "invalid", at: ~at };
      at = behindBlanks(text, at);
    }
    at = toNextValue(text, at, open, isFresh);
    if (at === END) return null;
    if (at < 0) return { kind: "invalid", at: ~at };
  }
}

// The functions below take a place and give the place behind what they pass over, or `~place` where the string is not JSON: numbers alone, which stay in
// registers. As fields of an object they took three times as long.

/** Beyond every place. */
const END = Number.MAX_SAFE_INTEGER;

/** Closes what is closed here and goes to where the next value begins; END behind the last one. */
function toNextValue(text: string, start: number, open: number[], isFresh: boolean): number {
  let at = start;
  let mayCloseAtOnce = isFresh;
  for (let closing = open.at(-1); closing !== undefined; closing = open.at(-1)) {
    const unit = text.charCodeAt(at);
    if (unit === closing) {
      open.pop();
      mayCloseAtOnce = false;
      at = behindBlanks(text, at + 1);
      continue;
    }
    if (!mayCloseAtOnce) {
      if (unit !== COMMA) return ~at;
      at = behindBlanks(text, at + 1);
    }
    return closing === CLOSE_LIST ? at : behindKey(text, at);
  }
  return at === text.length ? END : ~at;
}

function behindKey(text: string, start: number): number {
  if (text.charCodeAt(start) !== QUOTE) return ~start;
  const end = behindString(text, start);
  if (end < 0) return end;
  const colon = behindBlanks(text, end);
  return text.charCodeAt(colon) === COLON ? behindBlanks(text, colon + 1) : ~colon;
}

function behindScalar(text: string, at: number, unit: number): number {
  if (unit === QUOTE) return behindString(text, at);
  if (unit === MINUS || (unit >= ZERO && unit <= NINE)) return behindNumber(text, at, unit);
  const literal = LITERALS.find((word) => text.startsWith(word, at));
  return literal === undefined ? ~at : at + literal.length;
}

function behindNumber(text: string, start: number, first: number): number {
  let at = first === MINUS ? start + 1 : start;
  if (text.charCodeAt(at) === ZERO) at++;
  else at = behindDigits(text, at);
  if (at >= 0 && text.charCodeAt(at) === POINT) at = behindDigits(text, at + 1);
  if (at < 0 || (text.charCodeAt(at) | 0x20) !== SMALL_E) return at;
  const sign = text.charCodeAt(at + 1);
  return behindDigits(text, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
}

/** One at least. */
function behindDigits(text: string, start: number): number {
  let at = start;
  for (let unit = text.charCodeAt(at); unit >= ZERO && unit <= NINE; unit = text.charCodeAt(at)) at++;
  return at > start ? at : ~start;
}

function behindBlanks(text: string, start: number): number {
  let at = start;
  for (let unit = text.charCodeAt(at); unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09; unit = text.charCodeAt(at)) at++;
  return at;
}

function behindString(text: string, start: number): number {
  let leapAt = start + SHORT_STRING;
  for (let at = start + 1; at < text.length; at++) {
    if (at >= leapAt) {
      at = behindPlain(text, at);
      leapAt = at + SHORT_STRING;
    }
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at + 1;
    if (unit === BACKSLASH) {
      at++;
      const isUnicode = text[at] === "u" && /^[0-9a-f]{4}$/i.test(text.slice(at + 1, at + 5));
      if (!isUnicode && (at >= text.length || !ESCAPED.includes(text[at] ?? " "))) return ~Math.min(at, text.length);
      if (isUnicode) at += 4;
    } else if (!(unit >= 0x20)) return ~Math.min(at, text.length);
  }
  return ~text.length;
}

/** Of the characters that mean themselves in a string: a long run is passed over by the engine's own loop, which pays off from here on. */
const SHORT_STRING = 24;
const PLAIN = /[ !#-[\]-\uffff]*/y;

function behindPlain(text: string, at: number): number {
  PLAIN.lastIndex = at;
  PLAIN.test(text);
  return PLAIN.lastIndex;
}

const LITERALS = ["true", "false", "null"];
const ESCAPED = '"\\/bfnrt';

/** Whether a string of JSON is nested deeper than the limit. No scan where it is too short for that. */
export function isDeeperThan(text: string, maxDepth: number): boolean {
  return text.length > 2 * maxDepth && depthExceeds(text, maxDepth);
}

function depthExceeds(text: string, maxDepth: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = closingQuote(text, at);
    else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      depth++;
      if (depth > maxDepth) return true;
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) depth--;
  }
  return false;
}

/** Of the string that begins at `start`; the end of the text where there is none. Strings are long, and `indexOf` is fast. */
function closingQuote(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}
