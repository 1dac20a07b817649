import type { Call } from "./call.ts";

/** Calls that wait for a thread, in the order in which they came. */
export class CallQueue {
  readonly #calls = new Set<Call>();

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  add(call: Call): void {
    this.#calls.add(call);
  }

  /** False: it does not wait here. */
  withdraw(call: Call): boolean {
    return this.#calls.delete(call);
  }

  /** The first that fits; null: none does. */
  take(fits: (call: Call) => boolean): Call | null {
    for (const call of this.#calls) {
      if (!fits(call)) continue;
      this.#calls.delete(call);
      return call;
    }
    return null;
  }

  takeAll(): readonly Call[] {
    const all = [...this.#calls];
    this.#calls.clear();
    return all;
  }
}
