/** The persisted time may lag this far behind; commits, renewals and starts carry their own times, so that it seldom matters. */
const STORE_EVERY_MS = 250;

/** Store time: the greatest of the system clock, what callers have seen, and what the file says. It never falls. */
export class WriterClock {
  readonly #systemClock: boolean;
  #last = 0;
  #stored = 0;

  constructor(systemClock: boolean) {
    this.#systemClock = systemClock;
  }

  learn(at: number): void {
    this.#last = Math.max(this.#last, Math.trunc(at));
  }

  now(): number {
    if (this.#systemClock) this.learn(Date.now());
    return this.#last;
  }

  /** A time that should be written now; null mostly. */
  dueForStoring(): number | null {
    if (this.#last < this.#stored + STORE_EVERY_MS) return null;
    this.#stored = this.#last;
    return this.#last;
  }

  forgetStoring(): void {
    this.#stored = 0;
  }
}
