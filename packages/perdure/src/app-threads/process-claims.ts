import type { PlacedCall } from "./call-memory.ts";
import { CallPlaces } from "./call-places.ts";
import type { FromThread } from "./messages.ts";
import type { LastWords, ProcessState, ToWatch } from "./process-wire.ts";
import type { CallClaims } from "./thread-line.ts";

const FIRST: ProcessState = { kind: "state", turns: 0, begun: [], answers: [], running: null };

interface Withdrawal {
  readonly calls: readonly PlacedCall[];
  readonly taken: (call: number) => void;
}

/**
 * What is known of the calls of a process. Its memory is its own: a thread in it (watch-thread.ts) says how it is, and takes back calls for us. When it has ended, a call
 * counts as begun unless the process has said that it has not.
 */
export class ProcessClaims implements CallClaims {
  readonly #ask: (message: ToWatch) => void;
  readonly #places = new CallPlaces();
  /** By their places: the numbers of those that were asked back. */
  readonly #asked: number[] = [];
  readonly #withdrawals: Withdrawal[] = [];
  #state = FIRST;
  /** Of calls that have, as far as the process has said it: their numbers by their places. */
  #begun: ReadonlyMap<number, number> = new Map();
  #lastWords: LastWords | null = null;
  #hasEnded = false;

  constructor(ask: (message: ToWatch) => void) {
    this.#ask = ask;
  }

  post(): number | null {
    return this.#places.post();
  }

  withdraw(all: readonly number[], taken: (call: number) => void): void {
    const calls = all.map((call) => this.#places.at(call)).filter(([call, number]) => this.#asked[call] !== number);
    if (calls.length === 0) return;
    for (const [call, number] of calls) this.#asked[call] = number;
    this.#withdrawals.push({ calls, taken });
    this.#ask({ kind: "withdraw", calls });
  }

  hasBegun(call: number): boolean {
    if (this.#hasEnded && this.#lastWords === null) return true;
    return this.#begun.get(call) === this.#places.at(call)[1];
  }

  release(call: number): void {
    this.#places.release(call);
  }

  get answers(): readonly FromThread[] {
    return this.#places.answersIn(this.#state.answers);
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

  isAs(state: ProcessState): void {
    this.#state = state;
    this.#begun = new Map(state.begun);
  }

  /** It answers in the order in which it is asked. `isTaken`: for each that was asked back, whether it was. */
  withdrawn(isTaken: readonly boolean[]): void {
    const { calls, taken } = this.#withdrawals.shift() ?? { calls: [], taken: () => {} };
    for (const [place, [call, number]] of calls.entries()) if (isTaken[place] === true && this.#places.at(call)[1] === number) taken(call);
  }

  /** Null: it could not say anything. */
  ended(lastWords: LastWords | null): void {
    this.#hasEnded = true;
    this.#lastWords = lastWords;
    if (lastWords !== null) this.#begun = new Map(lastWords.begun);
  }
}
