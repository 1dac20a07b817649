import type { OwnClaims } from "./claims.ts";

const DECIDED = 0;
const RUNNING = 1;
const ACCUSED = 2;
const TURNS = 3;
const WORDS = 4;

const NONE = 0n;
const NO_CALL = -1n;

/**
 * In a process that runs an app: what the thread that runs it and the one that watches it know of each other, in memory that both see.
 *
 * Calls begin in the order in which they are sent, so one word says of all of them whether they have: the number of the last one that was decided. The app's thread raises it to
 * the call that it begins, the other one to the last that is asked back, both by compare-and-swap. So each call is begun or taken back, and never both.
 */
export class ProcessMemory implements OwnClaims {
  readonly words: SharedArrayBuffer;
  readonly #view: BigInt64Array;
  /** Calls that have come. */
  #seen = 0;

  constructor(words: SharedArrayBuffer = new SharedArrayBuffer(WORDS * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.words = words;
    this.#view = new BigInt64Array(words);
  }

  // --- in the thread of the app ---

  begin(call: number): boolean {
    this.#seen += 1;
    const number = BigInt(this.#seen);
    const decided = Atomics.load(this.#view, DECIDED);
    if (decided >= number || Atomics.compareExchange(this.#view, DECIDED, decided, number) !== decided) return false;
    this.runs(call);
    return true;
  }

  runs(call: number): void {
    Atomics.store(this.#view, RUNNING, BigInt(call + 1));
  }

  paused(): void {
    Atomics.store(this.#view, RUNNING, NONE);
  }

  turn(): void {
    Atomics.add(this.#view, TURNS, 1n);
    Atomics.store(this.#view, ACCUSED, NONE);
  }

  accuse(call: number | null): void {
    Atomics.compareExchange(this.#view, ACCUSED, NONE, call === null ? NO_CALL : BigInt(call + 1));
  }

  get accused(): number | "none" | null {
    const word = Atomics.load(this.#view, ACCUSED);
    return word === NO_CALL ? "none" : callIn(word);
  }

  // --- in the thread that watches ---

  /** Of the calls up to this number, those that have not begun never will. Gives the last one that has. */
  takeBack(upTo: number): number {
    for (;;) {
      const decided = Atomics.load(this.#view, DECIDED);
      if (decided >= BigInt(upTo)) return upTo;
      if (Atomics.compareExchange(this.#view, DECIDED, decided, BigInt(upTo)) === decided) return Number(decided);
    }
  }

  get decided(): number {
    return Number(Atomics.load(this.#view, DECIDED));
  }

  get turns(): number {
    return Number(Atomics.load(this.#view, TURNS));
  }

  get running(): number | null {
    return callIn(Atomics.load(this.#view, RUNNING));
  }
}

const callIn = (word: bigint): number | null => (word === NONE ? null : Number(word) - 1);
