import type { JsonToken } from "./json-tokens.ts";
import { jsonTokens } from "./json-tokens.ts";

export interface JsonLine {
  readonly depth: number;
  /** Without blanks: there is one behind the colon, and none elsewhere. */
  readonly tokens: readonly JsonToken[];
  /** This line opens an object or a list that the line at `end` closes. */
  readonly opens: JsonFold | null;
}

export interface JsonFold {
  readonly end: number;
  /** Entries between the two. */
  readonly count: number;
  readonly what: "fields" | "entries";
}

interface OpenPlace {
  readonly line: number;
  readonly what: JsonFold["what"];
  count: number;
}

/** A document over lines, each value on its own, as a person would write it. What is cut short, or is no JSON, comes out as far as it goes. */
export function jsonLines(text: string): readonly JsonLine[] {
  const writer = new LineWriter();
  const tokens = jsonTokens(text).filter(({ kind }) => kind !== "blank");
  tokens.forEach((token, index) => {
    writer.take(token, tokens[index + 1]?.text ?? "");
  });
  return writer.finish();
}

class LineWriter {
  readonly #lines: JsonLine[] = [];
  readonly #open: OpenPlace[] = [];
  #tokens: JsonToken[] = [];

  take(token: JsonToken, next: string): void {
    if (token.kind !== "mark") this.#value(token);
    else if (token.text === "{" || token.text === "[") this.#opening(token, next);
    else if (token.text === "}" || token.text === "]") this.#closing(token, next);
    else this.#between(token);
  }

  finish(): readonly JsonLine[] {
    this.#endLine();
    return this.#lines;
  }

  #value(token: JsonToken): void {
    this.#counts(token);
    this.#tokens.push(token);
  }

  /** A key is not an entry of its own: its value is counted. */
  #counts({ kind }: JsonToken): void {
    const inside = this.#open.at(-1);
    if (inside !== undefined && kind !== "key") inside.count++;
  }

  #opening(token: JsonToken, next: string): void {
    this.#counts(token);
    this.#tokens.push(token);
    // An empty one stays on its line, with what closes it.
    if (next === "}" || next === "]") return;
    const place = { line: this.#lines.length, what: token.text === "{" ? ("fields" as const) : ("entries" as const), count: 0 };
    this.#endLine();
    this.#open.push(place);
  }

  #closing(token: JsonToken, next: string): void {
    const opened = this.#tokens.at(-1)?.text;
    if (opened === "{" || opened === "[") this.#tokens.push(token);
    else {
      this.#endLine();
      const place = this.#open.pop();
      const line = place === undefined ? undefined : this.#lines[place.line];
      if (place !== undefined && line !== undefined)
        this.#lines[place.line] = { ...line, opens: { end: this.#lines.length, count: place.count, what: place.what } };
      this.#tokens.push(token);
    }
    if (next !== ",") this.#endLine();
  }

  #between(token: JsonToken): void {
    this.#tokens.push(token);
    if (token.text === ",") this.#endLine();
    else this.#tokens.push({ kind: "blank", text: " " });
  }

  #endLine(): void {
    if (this.#tokens.length === 0) return;
    this.#lines.push({ depth: this.#open.length, tokens: this.#tokens, opens: null });
    this.#tokens = [];
  }
}

/** Lines that are closed at first, so that a long document begins with what fits a screen: the deepest, then the longest. */
export function foldedAtFirst(lines: readonly JsonLine[], most: number): ReadonlySet<number> {
  const folded = new Set<number>();
  const deepest = lines.reduce((depth, line) => Math.max(depth, line.depth), 0);
  for (let depth = deepest; depth > 0 && visibleLines(lines, folded).length > most; depth--)
    lines.forEach((line, index) => {
      if (line.opens !== null && line.depth === depth) folded.add(index);
    });
  return folded;
}

/** Indexes of the lines that are shown. */
export function visibleLines(lines: readonly JsonLine[], folded: ReadonlySet<number>): readonly number[] {
  const shown: number[] = [];
  for (let index = 0; index < lines.length; index++) {
    shown.push(index);
    const fold = lines[index]?.opens;
    if (fold && folded.has(index)) index = fold.end;
  }
  return shown;
}
