/** Levels of nesting that a value may have unless a hub says otherwise. */
export const DEFAULT_MAX_JSON_DEPTH = 1_000;

export type JsonProblem = { readonly kind: "deep" } | { readonly kind: "invalid"; readonly at: number };

/**
 * What is wrong with a text that should be JSON, or null. One pass that builds no value: `JSON.parse` takes gigabytes and minutes for some millions of
 * opening brackets, and the memory of all values for what is only passed on. 30 MB of small objects take 0.5 s (two busy cores, Node 26, 2026-11).
 */
export function jsonProblem(text: string, maxDepth: number): JsonProblem | null {
  return new Scan(text, maxDepth).run();
}

/** Whether a text that is JSON is nested deeper than the limit. No scan where it is too short for that. */
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

/** Of the characters that mean themselves in a string: a long run is passed over by the engine's own loop, which pays off from here on. */
const SHORT_STRING = 24;
const PLAIN = /[ !#-[\]-\uffff]*/y;

function behindPlain(text: string, at: number): number {
  PLAIN.lastIndex = at;
  PLAIN.test(text);
  return PLAIN.lastIndex;
}

const [QUOTE, BACKSLASH, COMMA, COLON, MINUS, PLUS, POINT, ZERO, NINE] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x2b, 0x2e, 0x30, 0x39];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const LITERALS = ["true", "false", "null"];
const ESCAPED = '"\\/bfnrt';

/** Every method moves on, and returns false where the text is no JSON; then `#at` is the place. */
class Scan {
  readonly #text: string;
  readonly #maxDepth: number;
  /** What closes each open list and object. */
  readonly #open: number[] = [];
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  run(): JsonProblem | null {
    this.#blank();
    for (;;) {
      if (!this.#valueOrOpening()) return { kind: "invalid", at: this.#at };
      if (this.#open.length > this.#maxDepth) return { kind: "deep" };
      const then = this.#afterValue();
      if (then === "end") return null;
      if (then === "invalid") return { kind: "invalid", at: this.#at };
    }
  }

  /** A whole string, number or literal, or the opening of a list or object, up to what comes first in it. */
  #valueOrOpening(): boolean {
    const unit = this.#unit();
    if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      this.#at++;
      this.#open.push(unit === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT);
      this.#blank();
      this.#isFresh = true;
      return true;
    }
    this.#isFresh = false;
    if (unit === QUOTE) return this.#string();
    if (unit === MINUS || isDigit(unit)) return this.#number();
    const literal = LITERALS.find((word) => this.#text.startsWith(word, this.#at));
    this.#at += literal?.length ?? 0;
    return literal !== undefined;
  }

  /** True just behind an opening, where there may be a closing without a comma. */
  #isFresh = false;

  /** Closes what is closed here and goes on to the next value. */
  #afterValue(): "value" | "end" | "invalid" {
    for (;;) {
      this.#blank();
      const closing = this.#open.at(-1);
      if (closing === undefined) return this.#at === this.#text.length ? "end" : "invalid";
      if (this.#unit() === closing) {
        this.#at++;
        this.#open.pop();
        this.#isFresh = false;
        continue;
      }
      if (!this.#isFresh) {
        if (this.#unit() !== COMMA) return "invalid";
        this.#at++;
        this.#blank();
      }
      this.#isFresh = false;
      return closing === CLOSE_LIST || this.#key() ? "value" : "invalid";
    }
  }

  #key(): boolean {
    if (this.#unit() !== QUOTE || !this.#string()) return false;
    this.#blank();
    if (this.#unit() !== COLON) return false;
    this.#at++;
    this.#blank();
    return true;
  }

  #string(): boolean {
    const text = this.#text;
    let leapAt = this.#at + SHORT_STRING;
    for (let at = this.#at + 1; at < text.length; at++) {
      if (at >= leapAt) {
        at = behindPlain(text, at);
        leapAt = at + SHORT_STRING;
      }
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) {
        this.#at = at + 1;
        return true;
      }
      if (unit === BACKSLASH) {
        at++;
        const isUnicode = text[at] === "u" && /^[0-9a-f]{4}$/i.test(text.slice(at + 1, at + 5));
        if (!isUnicode && (at === text.length || !ESCAPED.includes(text[at] ?? " "))) return this.#stop(at);
        if (isUnicode) at += 4;
      } else if (unit < 0x20) return this.#stop(at);
    }
    return this.#stop(text.length);
  }

  #number(): boolean {
    if (this.#unit() === MINUS) this.#at++;
    if (this.#unit() === ZERO) this.#at++;
    else if (!this.#digits()) return false;
    if (this.#unit() === POINT) {
      this.#at++;
      if (!this.#digits()) return false;
    }
    if ((this.#unit() | 0x20) !== 0x65) return true;
    this.#at++;
    if (this.#unit() === PLUS || this.#unit() === MINUS) this.#at++;
    return this.#digits();
  }

  #digits(): boolean {
    const start = this.#at;
    while (isDigit(this.#unit())) this.#at++;
    return this.#at > start;
  }

  #blank(): void {
    for (let unit = this.#unit(); unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09; unit = this.#unit()) this.#at++;
  }

  #stop(at: number): false {
    this.#at = at;
    return false;
  }

  /** NaN at the end. */
  #unit(): number {
    return this.#text.charCodeAt(this.#at);
  }
}

const isDigit = (unit: number): boolean => unit >= ZERO && unit <= NINE;
