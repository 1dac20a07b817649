import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  MINUS,
  NINE,
  OPEN_LIST,
  OPEN_OBJECT,
  PLUS,
  POINT,
  QUOTE,
  SMALL_E,
  SMALL_F,
  SMALL_T,
  SMALL_U,
  ZERO,
} from "./json-units.ts";

export type JsonProblem = { readonly kind: "deep" } | { readonly kind: "invalid"; readonly at: number };

/**
 * What is wrong with a string that should be JSON, or null. One pass that builds no value: `JSON.parse` takes gigabytes and minutes for some millions of
 * opening brackets, and the memory of all values for what is only passed on. For flat lists it takes less time than that, and for most others as much.
 */
export function jsonProblem(text: string, maxDepth: number): JsonProblem | null {
  const open: number[] = []; // what closes each open list and object
  let at = behindBlanks(text, 0);
  let inARow = 0; // values without levels, since the last bracket
  for (;;) {
    const unit = text.charCodeAt(at);
    let isFresh = false; // just behind an opening, where a closing may come without a value
    if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      open.push(unit === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT);
      if (open.length > maxDepth) return { kind: "deep" };
      isFresh = true;
      inARow = 0;
      at = behindBlanks(text, at + 1);
    } else {
      at = behindScalar(text, at, unit);
      if (at < 0) return { kind: "invalid", at: ~at };
      at = behindBlanks(text, at);
      inARow++;
      if (inARow >= ROW_FROM && open.at(-1) === CLOSE_LIST && text.charCodeAt(at) === COMMA) {
        at = behindBlanks(text, behindRow(text, at + 1));
        inARow = 0;
        continue;
      }
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

/**
 * Of a list: values without levels and the commas behind them, as far as they are plain. The engine's own loop over them is three to ten times as fast
 * as ours. So many at a time, since it notes for each of them where it could go back to.
 */
const ROW = /(?:[ \n\r\t]*(?:"[ !#-[\]-\uffff]*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)[ \n\r\t]*,){1,64}/y;

/** From so many on a list may be long. */
const ROW_FROM = 8;

/** Gives the place behind the last of these commas, or the same place. */
function behindRow(text: string, start: number): number {
  let at = start;
  for (ROW.lastIndex = at; ROW.test(text); ROW.lastIndex = at) at = ROW.lastIndex | 0;
  return at;
}

function behindScalar(text: string, at: number, unit: number): number {
  if (unit === QUOTE) return behindString(text, at);
  if (unit === MINUS || (unit >= ZERO && unit <= NINE)) return behindNumber(text, at, unit);
  const literal = unit === SMALL_T ? "true" : unit === SMALL_F ? "false" : "null";
  return text.startsWith(literal, at) ? at + literal.length : ~at;
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

export function behindBlanks(text: string, start: number): number {
  let at = start;
  for (let unit = text.charCodeAt(at); unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09; unit = text.charCodeAt(at)) at++;
  return at;
}

export function behindString(text: string, start: number): number {
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
      const isUnicode = text.charCodeAt(at) === SMALL_U && areHex(text, at + 1);
      if (!isUnicode && (at >= text.length || !ESCAPED.includes(text[at] ?? " "))) return ~Math.min(at, text.length);
      if (isUnicode) at += 4;
    } else if (!(unit >= 0x20)) return ~Math.min(at, text.length);
  }
  return ~text.length;
}

function areHex(text: string, start: number): boolean {
  for (let at = start; at < start + 4; at++) {
    const unit = text.charCodeAt(at);
    const letter = unit | 0x20;
    if (!((unit >= ZERO && unit <= NINE) || (letter >= 0x61 && letter <= 0x66))) return false;
  }
  return true;
}

/** Of the characters that mean themselves in a string: a long run is passed over by the engine's own loop, which pays off from here on. */
const SHORT_STRING = 24;
const PLAIN = /[ !#-[\]-\uffff]*/y;

function behindPlain(text: string, at: number): number {
  PLAIN.lastIndex = at;
  PLAIN.test(text);
  return PLAIN.lastIndex | 0;
}

const ESCAPED = '"\\/bfnrt';
