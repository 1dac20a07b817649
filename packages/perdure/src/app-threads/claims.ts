import type { CallMemory } from "./call-memory.ts";
import { CallPlaces } from "./call-places.ts";
import type { FromThread } from "./messages.ts";
import type { CallClaims } from "./thread-line.ts";

/** What is known of the calls of a thread: its memory is this one's too. */
export class Claims implements CallClaims {
  readonly #memory: CallMemory;
  readonly #places = new CallPlaces();

  constructor(memory: CallMemory) {
    this.#memory = memory;
  }

  post(): number | null {
    return this.#places.post();
  }

  withdraw(calls: readonly number[], taken: (call: number) => void): void {
    for (const call of calls) if (this.#memory.takeBack(this.#places.at(call))) taken(call);
  }

  hasBegun(call: number): boolean {
    return this.#memory.hasBegun(this.#places.at(call));
  }

  release(call: number): void {
    this.#places.release(call);
  }

  get answers(): readonly FromThread[] {
    return this.#places.answersIn(this.#memory.answers.read());
  }

  get turns(): number {
    return this.#memory.turns;
  }

  get accused(): number | "none" | null {
    return this.#memory.accused;
  }

  get running(): number | null {
    return this.#memory.running;
  }
}
