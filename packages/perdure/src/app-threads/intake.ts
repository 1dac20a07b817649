import { setImmediateNow } from "../process/real-globals.ts";
import type { ToThread } from "./messages.ts";

/** Taken and still in the list, at most. */
const TAKEN = 1_000;

export interface IntakeParts {
  take(message: ToThread): void;
  /** Some that came together were taken, and what follows from them has run. */
  taken(): void;
}

/**
 * Messages as they come to a thread. Between two of them all runs that follows from the first, as far as it waits for nothing: what has ended by then is answered before code of the
 * next call begins, which may never let go of the thread; and whose code that is, is known. All are taken in one turn of the event loop: Node runs ticks and microtasks
 * between its immediates.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #waiting: ToThread[] = [];
  #next = 0;
  #groups = 0;
  readonly #onMessage = (): void => this.#takeOne();
  readonly #onGroup = (): void => {
    this.#groups -= 1;
    this.#parts.taken();
  };

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** `taken` will be told. */
  get isTaking(): boolean {
    return this.#groups > 0;
  }

  add(messages: readonly ToThread[]): void {
    this.#groups += 1;
    for (const message of messages) {
      this.#waiting.push(message);
      setImmediateNow(this.#onMessage);
    }
    setImmediateNow(this.#onGroup);
  }

  #takeOne(): void {
    const message = this.#waiting[this.#next];
    if (message === undefined) return;
    this.#next += 1;
    if (this.#next >= TAKEN || this.#next === this.#waiting.length) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    this.#parts.take(message);
  }
}
