import { behindBlanks, behindString, jsonProblem } from "../model/json-scan.ts";
import { CLOSE_LIST, CLOSE_OBJECT, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE } from "../model/json-units.ts";

/** Which fields are masked. Each pattern is a path from its end: `password` is a field of that name at any depth, `card.*` each field of a `card`. */
export type Masks = readonly (readonly string[])[];

const MASK = '"***"';
const DEEPEST = 10_000;

/** Whether something is a path of names, such as "card.*". */
export const isMask = (pattern: string): boolean => pattern.split(".").every((name) => name !== "");

/** Names compare without case. */
export const parseMasks = (patterns: readonly string[]): Masks => patterns.map((pattern) => pattern.toLowerCase().split("."));

/** JSON text with a mask for each such field, and all else as it is written, digit by digit. Null: it is not JSON, so nothing can be found in it. */
export function maskJson(text: string, masks: Masks): string | null {
  return jsonProblem(text, DEEPEST) === null ? new Masking(text, masks).run() : null;
}

interface Level {
  readonly kind: "object" | "list";
  /** Of an object: the field whose value comes next. Lists have no names: what is in them is under the name of the list. */
  name: string | null;
}

/** One pass over text that is known to be JSON. */
class Masking {
  readonly #text: string;
  readonly #masks: Masks;
  readonly #levels: Level[] = [];
  #masked = "";
  #copied = 0;

  constructor(text: string, masks: Masks) {
    this.#text = text;
    this.#masks = masks;
  }

  run(): string {
    for (let at = 0; at < this.#text.length; ) at = this.#step(at);
    return this.#masked + this.#text.slice(this.#copied);
  }

  #step(at: number): number {
    switch (this.#text.charCodeAt(at)) {
      case OPEN_OBJECT:
        this.#levels.push({ kind: "object", name: null });
        return at + 1;
      case OPEN_LIST:
        this.#levels.push({ kind: "list", name: null });
        return at + 1;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        this.#levels.pop();
        this.#valueEnds();
        return at + 1;
      case QUOTE:
        return this.#string(at);
      default:
        return at + 1;
    }
  }

  #string(at: number): number {
    const end = behindString(this.#text, at);
    const level = this.#levels.at(-1);
    if (level?.kind !== "object" || level.name !== null) {
      this.#valueEnds();
      return end;
    }
    level.name = String(JSON.parse(this.#text.slice(at, end))).toLowerCase();
    const begin = behindColon(this.#text, end);
    if (!this.#isMasked()) return this.#isBare(begin) ? this.#bare(begin) : begin;
    const behind = behindValue(this.#text, begin);
    this.#masked += this.#text.slice(this.#copied, begin) + MASK;
    this.#copied = behind;
    level.name = null;
    return behind;
  }

  /** A number or a word. */
  #isBare(at: number): boolean {
    return ![OPEN_OBJECT, OPEN_LIST, QUOTE].includes(this.#text.charCodeAt(at));
  }

  #bare(at: number): number {
    this.#valueEnds();
    return behindValue(this.#text, at);
  }

  #valueEnds(): void {
    const level = this.#levels.at(-1);
    if (level !== undefined) level.name = null;
  }

  #isMasked(): boolean {
    const names = this.#levels.flatMap(({ name }) => (name === null ? [] : [name]));
    return this.#masks.some(
      (mask) => mask.length <= names.length && mask.every((name, at) => fits(name, names[names.length - mask.length + at])),
    );
  }
}

const fits = (pattern: string, name: string | undefined): boolean => pattern === "*" || pattern === name;

const behindColon = (text: string, at: number): number => behindBlanks(text, text.indexOf(":", at) + 1);

function behindValue(text: string, at: number): number {
  let depth = 0;
  for (let place = at; place < text.length; ) {
    const unit = text.charCodeAt(place);
    if (unit === QUOTE) {
      place = behindString(text, place);
      if (depth === 0) return place;
      continue;
    }
    if (unit === OPEN_OBJECT || unit === OPEN_LIST) depth++;
    else if (unit === CLOSE_OBJECT || unit === CLOSE_LIST) {
      if (depth === 0) return place; // behind a number or a word
      depth--;
      if (depth === 0) return place + 1;
    } else if (depth === 0 && (unit === COMMA || unit <= SPACE)) return place;
    place++;
  }
  return text.length;
}

const SPACE = 0x20;
