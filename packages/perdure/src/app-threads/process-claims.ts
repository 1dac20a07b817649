import type { FromWatch, LastWords, ToWatch } from "./process-wire.ts";
import type { CallClaims } from "./thread-line.ts";

type State = Extract<FromWatch, { readonly kind: "state" }>;

const FIRST: State = { kind: "state", turns: 0, decided: 0, running: null };

/** What was asked back, each with its number among all calls of the process. */
interface Withdrawal {
  readonly calls: readonly (readonly [call: number, number: number])[];
  readonly taken: (call: number) => void;
}

/**
 * What is known of the calls of a process. Its memory is its own: a thread in it (watch-thread.ts) says how it is, and takes back calls for us. A call counts as begun
 * unless the process has said that it has not.
 */
export class ProcessClaims implements CallClaims {
  readonly #ask: (message: ToWatch) => void;
  /** At the place of its word each: the number of its call. */
  readonly #numbers: number[] = [];
  readonly #free: number[] = [];
  #posted = 0;
  /** The last number that was asked back, with all before it. */
  #asked = 0;
  readonly #withdrawals: Withdrawal[] = [];
  #state = FIRST;
  #lastWords: LastWords | null = null;
  #hasEnded = false;

  constructor(ask: (message: ToWatch) => void) {
    this.#ask = ask;
  }

  post(): number {
    const call = this.#free.pop() ?? this.#numbers.length;
    this.#posted += 1;
    this.#numbers[call] = this.#posted;
    return call;
  }

  withdraw(all: readonly number[], taken: (call: number) => void): void {
    const calls = all.flatMap((call) => (this.#numberOf(call) > this.#asked ? [[call, this.#numberOf(call)] as const] : []));
    if (calls.length === 0) return;
    this.#asked = this.#posted;
    this.#withdrawals.push({ calls, taken });
    this.#ask({ kind: "withdraw", upTo: this.#posted });
  }

  hasBegun(call: number): boolean {
    if (!this.#hasEnded) return this.#numberOf(call) <= this.#state.decided;
    return this.#lastWords === null || this.#numberOf(call) <= this.#lastWords.decided;
  }

  release(call: number): void {
    this.#numbers[call] = 0;
    this.#free.push(call);
  }

  get turns(): number {
    return this.#state.turns;
  }

  get accused(): number | "none" | null {
    return this.#lastWords?.accused ?? null;
  }

  get running(): number | null {
    return this.#state.running;
  }

  // --- what the process says ---

  isAs(state: State): void {
    this.#state = state;
  }

  /** It answers in the order in which it is asked. */
  withdrawn(lastBegun: number): void {
    const { calls, taken } = this.#withdrawals.shift() ?? { calls: [], taken: () => {} };
    for (const [call, number] of calls) if (number > lastBegun && this.#numberOf(call) === number) taken(call);
  }

  /** Null: it could not say anything. */
  ended(lastWords: LastWords | null): void {
    this.#hasEnded = true;
    this.#lastWords = lastWords;
  }

  #numberOf(call: number): number {
    return this.#numbers[call] ?? 0;
  }
}
