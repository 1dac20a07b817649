import type { Clock } from "./clock.ts";

/**
 * A lower bound of store time: the last `now` a reply carried, plus the monotonic time since that reply *arrived*. Never ahead of the store, so
 * a timer that is due here is due there; the system clock of this machine decides nothing.
 */
export class StoreClock {
  readonly #clock: Clock;
  #base = 0;
  #arrived = 0;
  #reached = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes what a reply of the store said. A smaller reading than the own estimate is kept out: time does not fall within one worker. */
  learn(now: number): void {
    if (now > this.#reached) this.#reached = now;
    const estimate = this.now();
    if (now < estimate) return;
    this.#base = now;
    this.#arrived = this.#clock.monotonicMs();
  }

  /** What the store itself has said: due there at once, even after its machine's clock was set back. */
  get reached(): number {
    return this.#reached;
  }

  /** Whole milliseconds since 1970. */
  now(): number {
    return Math.floor(this.#base + (this.#clock.monotonicMs() - this.#arrived));
  }
}
