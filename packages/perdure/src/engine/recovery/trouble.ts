import type { Clock } from "../../process/clock.ts";

/** Whether the store takes what this worker sends, and if not, since when and why. */
export class Trouble {
  readonly #clock: Pick<Clock, "monotonicMs">;
  #since: number | null = null;
  #why: string | null = null;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Monotonic; null: it takes it. */
  get since(): number | null {
    return this.#since;
  }

  /** In words, of the last refusal since the last good commit. */
  get why(): string | null {
    return this.#why;
  }

  note(why: string): void {
    this.#why = why;
    this.#since ??= this.#clock.monotonicMs();
  }

  /** All was read again, or this is a new worker: what follows is a new attempt. */
  startAfresh(): void {
    this.#since = null;
  }

  /** A commit was written. */
  isOver(): void {
    this.#since = null;
    this.#why = null;
  }
}
