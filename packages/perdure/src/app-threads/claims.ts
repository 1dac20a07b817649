import type { CallClaims } from "./thread-line.ts";

/** What the thread that runs an app says of its calls. */
export type OwnClaims = Pick<Claims, "begin" | "runs" | "paused" | "turn" | "accuse">;

/** One 32-bit word for each call that a thread has. 0: no call. */
const POSTED = 1;
const BEGUN = 2;

const TURNS = 0;
const ACCUSED = 1;
const RUNNING = 2;
const FIRST = 3;
const NO_CALL = -1;

/** Calls that one thread may have at once. 256 KiB. */
const MOST_CALLS = 65_536;

/**
 * What a thread and the main one know of each other while the thread hears and says nothing, in memory that both see.
 *
 *   free ──post──► posted ──begin (thread)──► begun ──free──► free
 *                     └──withdraw (main)──► free
 *
 * `begin` and `withdraw` are compare-and-swap: of a thread that is held, the main one takes back what it has not begun, and nothing runs twice.
 */
export class Claims implements CallClaims {
  readonly words: SharedArrayBuffer;
  readonly #view: Int32Array;
  /** Main thread only: words that are free, the last one next. */
  readonly #free: number[] = [];
  /** Words that no call has had yet. */
  #unused = 0;

  constructor(words: SharedArrayBuffer = new SharedArrayBuffer(4 * (FIRST + MOST_CALLS))) {
    this.words = words;
    this.#view = new Int32Array(words);
  }

  // --- on the main thread ---

  /** Null: the thread has as many as it may have. */
  post(): number | null {
    const call = this.#free.pop() ?? (FIRST + this.#unused < this.#view.length ? this.#unused++ : null);
    if (call !== null) Atomics.store(this.#view, FIRST + call, POSTED);
    return call;
  }

  /** One that has begun is still the thread's. The word of another is given to no call until the thread has read the message of this one, and says so. */
  withdraw(calls: readonly number[], taken: (call: number) => void): void {
    for (const call of calls) if (Atomics.compareExchange(this.#view, FIRST + call, POSTED, 0) === POSTED) taken(call);
  }

  hasBegun(call: number): boolean {
    return Atomics.load(this.#view, FIRST + call) === BEGUN;
  }

  /** It was answered. */
  release(call: number): void {
    Atomics.store(this.#view, FIRST + call, 0);
    this.#free.push(call);
  }

  /** Rises while the thread is alive to messages. */
  get turns(): number {
    return Atomics.load(this.#view, TURNS);
  }

  /** The call whose code ended the thread, as far as the thread could say it; "none": code of no call that was open. */
  get accused(): number | "none" | null {
    const word = Atomics.load(this.#view, ACCUSED);
    return word === NO_CALL ? "none" : callIn(word);
  }

  /** The call whose code is running, as far as that is known: it alone can be what holds the thread. Null: it may be any that has begun. */
  get running(): number | null {
    return callIn(Atomics.load(this.#view, RUNNING));
  }

  // --- in the thread ---

  /** False: it was withdrawn. */
  begin(call: number): boolean {
    if (Atomics.compareExchange(this.#view, FIRST + call, POSTED, BEGUN) !== POSTED) return false;
    this.runs(call);
    return true;
  }

  /** Its code begins to run, and nothing else does until it is paused. */
  runs(call: number): void {
    Atomics.store(this.#view, RUNNING, call + 1);
  }

  /** That stretch of code is over. */
  paused(): void {
    Atomics.store(this.#view, RUNNING, 0);
  }

  /** It lives: the call that was accused has not ended it. */
  turn(): void {
    Atomics.add(this.#view, TURNS, 1);
    Atomics.store(this.#view, ACCUSED, 0);
  }

  /** The first accusation stays: what ends with the thread comes after it. Null: code of a call that was answered. */
  accuse(call: number | null): void {
    Atomics.compareExchange(this.#view, ACCUSED, 0, call === null ? NO_CALL : call + 1);
  }
}

const callIn = (word: number): number | null => (word === 0 ? null : word - 1);
