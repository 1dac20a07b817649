/** A seeded source of randomness (sfc32): the same seed gives the same numbers on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream = 0) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 4_294_967_296) >>> 0;
    this.#c = stream >>> 0;
    for (let i = 0; i < 15; i++) this.#next();
  }

  /** 0 (included) to 1 (excluded). */
  unit(): number {
    return this.#next() / 4_294_967_296;
  }

  /** A whole number, 0 to `below` - 1. */
  int(below: number): number {
    return Math.floor(this.unit() * below);
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + this.int(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(items.length)];
    if (item === undefined) throw new RangeError("pick needs at least one item");
    return item;
  }

  /** 32 hex digits. */
  hex(): string {
    let text = "";
    for (let i = 0; i < 4; i++) {
      const word = this.#next();
      text += `${pairOf(word >>> 24)}${pairOf(word >>> 16)}${pairOf(word >>> 8)}${pairOf(word)}`;
    }
    return text;
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}

/** Two digits each: `toString(16).padStart` took a hundredth of the simulator's time. */
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const pairOf = (word: number): string => PAIRS[word & 0xff] ?? "";
