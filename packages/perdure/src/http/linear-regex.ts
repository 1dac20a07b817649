/**
 * Regular expressions of routes, in time that grows with the length of the pattern times that of the value and no faster: a value comes from whoever can
 * reach the port, and for a pattern such as `^(a+)+$` the language's own engine tries for ever. All ways through the pattern are followed at once,
 * character by character, so nothing is tried twice.
 *
 * The atoms (`[a-z]`, `\d`, `.`, a letter) are still tested by the language's engine, each against one character. What needs memory of what was
 * matched, and so cannot be done this way, is refused: back references and look-around.
 */
export interface LinearRegex {
  test(value: string): boolean;
}

/** One step of the program. `split` goes on at both places; `assert` looks at the place between two characters. */
type Step =
  | { readonly kind: "atom"; readonly test: (unit: string) => boolean; readonly next: number }
  | { readonly kind: "split"; readonly to: readonly number[] }
  | { readonly kind: "assert"; readonly holds: (value: string, at: number) => boolean; readonly next: number }
  | { readonly kind: "match" };

type Node =
  | { readonly kind: "atom"; readonly test: (unit: string) => boolean }
  | { readonly kind: "assert"; readonly holds: (value: string, at: number) => boolean }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Node[] }
  | { readonly kind: "repeat"; readonly part: Node; readonly least: number; readonly most: number };

/** Counted repeats are written out: this bounds what a pattern may cost for each character. */
const MOST_STEPS = 2_000;

/** As `new RegExp(source, "i")`, or null where it is no regular expression, needs a memory, or is too large. */
export function linearRegex(source: string): LinearRegex | null {
  try {
    new RegExp(source, "i");
    const program = new Program(new Parser(source).parse());
    return { test: (value) => program.matches(value) };
  } catch {
    return null;
  }
}

const TOKEN = /\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|c[a-z]|.)|\[(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<\w+>)|./gisy;
const COUNT = /\{(\d+)(?:(,)(\d*))?\}/y;

class Unsupported extends Error {}

/** choice := sequence ("|" sequence)* · sequence := (unit quantifier?)* */
class Parser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new Unsupported();
    return node;
  }

  #choice(): Node {
    const parts = [this.#sequence()];
    while (this.#source[this.#at] === "|") {
      this.#at++;
      parts.push(this.#sequence());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "choice", parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (let char = this.#source[this.#at]; char !== undefined && char !== "|" && char !== ")"; char = this.#source[this.#at]) {
      parts.push(this.#repeated(this.#unit()));
    }
    return { kind: "sequence", parts };
  }

  #unit(): Node {
    TOKEN.lastIndex = this.#at;
    const token = TOKEN.exec(this.#source)?.[0] ?? "";
    this.#at += token.length;
    if (token.startsWith("(")) return this.#group(token);
    if (token === "^") return { kind: "assert", holds: (_, at) => at === 0 };
    if (token === "$") return { kind: "assert", holds: (value, at) => at === value.length };
    if (/^\\[bB]$/.test(token)) return { kind: "assert", holds: boundary(token === "\\b") };
    if (/^\\(?:[1-9]|k)/.test(token)) throw new Unsupported();
    return { kind: "atom", test: unitTest(token) };
  }

  #group(token: string): Node {
    if (/^\(\?<?[=!]$/.test(token)) throw new Unsupported();
    const inner = this.#choice();
    this.#at++; // its ")"
    return inner;
  }

  /** Greedy or not makes no difference to whether there is a match. */
  #repeated(part: Node): Node {
    const count = this.#count();
    if (count === null) return part;
    if (this.#source[this.#at] === "?") this.#at++;
    return { kind: "repeat", part, ...count };
  }

  #count(): { readonly least: number; readonly most: number } | null {
    const char = this.#source[this.#at];
    if (char === "*" || char === "+" || char === "?") {
      this.#at++;
      return { least: char === "+" ? 1 : 0, most: char === "?" ? 1 : Number.POSITIVE_INFINITY };
    }
    COUNT.lastIndex = this.#at;
    const braces = COUNT.exec(this.#source);
    if (braces === null) return null;
    this.#at += braces[0].length;
    const least = Number(braces[1]);
    return { least, most: braces[2] === undefined ? least : braces[3] === "" ? Number.POSITIVE_INFINITY : Number(braces[3]) };
  }
}

/** Whether one character is what the atom means, remembered for those that come often. */
function unitTest(atom: string): (unit: string) => boolean {
  const pattern = new RegExp(`^(?:${atom})$`, "i");
  const known = new Map<string, boolean>();
  return (unit) => {
    const before = known.get(unit);
    if (before !== undefined) return before;
    const found = pattern.test(unit);
    if (unit < "\u0080") known.set(unit, found);
    return found;
  };
}

const isWord = (unit: string | undefined): boolean => unit !== undefined && /^\w$/.test(unit);
const boundary =
  (wanted: boolean) =>
  (value: string, at: number): boolean =>
    (isWord(value[at - 1]) !== isWord(value[at])) === wanted;

class Program {
  readonly #steps: Step[] = [];
  readonly #start: number;

  constructor(root: Node) {
    this.#start = this.#compile(root, this.#add({ kind: "match" }));
  }

  /** A way through may begin at each character, as in an unanchored search. */
  matches(value: string): boolean {
    let places = new Set<number>();
    for (let at = 0; at <= value.length; at++) {
      if (this.#enter(this.#start, places, value, at)) return true;
      const unit = value[at];
      if (unit === undefined) return false;
      const next = new Set<number>();
      for (const place of places) {
        const step = this.#steps[place];
        if (step?.kind === "atom" && step.test(unit) && this.#enter(step.next, next, value, at + 1)) return true;
      }
      places = next;
    }
    return false;
  }

  /** Adds a place and all that are reached from it without a character; true when one of them is the end. */
  #enter(start: number, places: Set<number>, value: string, at: number): boolean {
    const open = [start];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (places.has(place)) continue;
      places.add(place);
      const step = this.#steps[place];
      if (step === undefined || step.kind === "match") return true;
      if (step.kind === "split") open.push(...step.to);
      else if (step.kind === "assert" && step.holds(value, at)) open.push(step.next);
    }
    return false;
  }

  #add(step: Step): number {
    if (this.#steps.length >= MOST_STEPS) throw new Unsupported();
    return this.#steps.push(step) - 1;
  }

  /** Where the node begins when `next` follows it. */
  #compile(node: Node, next: number): number {
    switch (node.kind) {
      case "atom":
      case "assert":
        return this.#add({ ...node, next });
      case "sequence":
        return node.parts.reduceRight((after, part) => this.#compile(part, after), next);
      case "choice":
        return this.#add({ kind: "split", to: node.parts.map((part) => this.#compile(part, next)) });
      case "repeat":
        return this.#repeat(node.part, node.least, node.most, next);
    }
  }

  #repeat(part: Node, least: number, most: number, next: number): number {
    let start = next;
    if (most === Number.POSITIVE_INFINITY) {
      const loop: { readonly kind: "split"; readonly to: number[] } = { kind: "split", to: [next] };
      start = this.#add(loop);
      loop.to.push(this.#compile(part, start));
    } else {
      if (most > MOST_STEPS) throw new Unsupported();
      for (let i = least; i < most; i++) start = this.#add({ kind: "split", to: [next, this.#compile(part, start)] });
    }
    if (least > MOST_STEPS) throw new Unsupported();
    for (let i = 0; i < least; i++) start = this.#compile(part, start);
    return start;
  }
}
