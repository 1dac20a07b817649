import type { Clock } from "../../process/clock.ts";

/** Answers are watched through this time before it is believed that the store's time goes slower than this machine's. */
const WATCH_MS = 10_000;
/** As late as this even the quickest answer of a busy store may be. */
const LATE_MS = 5;

/**
 * A lower bound of store time: the last `now` a reply carried, plus the monotonic time since that reply *arrived*. Never ahead of the store, so
 * a timer that is due here is due there; the system clock of this machine decides nothing.
 */
export class StoreClock {
  readonly #clock: Clock;
  #base = 0;
  #arrived = 0;
  #reached = 0;
  /** Time does not fall when the estimate is corrected. */
  #floor = 0;
  /** By how much the estimate was ahead of the store at least, in all answers since `#watchedSince`. */
  #leastAhead = Number.POSITIVE_INFINITY;
  #watchedSince = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes the time that a reply of the store carries. If it is behind the own estimate, the reply was under way for a while. If all replies are behind it,
   * the store's time runs slower (it approaches a clock that was set back), and the estimate waits for it.
   */
  learn(now: number): void {
    if (now > this.#reached) this.#reached = now;
    const monotonic = this.#clock.monotonicMs();
    const estimate = this.at(monotonic);
    if (now >= estimate) {
      this.#base = now;
      this.#arrived = monotonic;
      this.#watchAnew(monotonic);
      return;
    }
    this.#leastAhead = Math.min(this.#leastAhead, estimate - now);
    if (monotonic - this.#watchedSince < WATCH_MS) return;
    if (this.#leastAhead > LATE_MS && Number.isFinite(this.#leastAhead)) {
      this.#floor = estimate;
      this.#base -= this.#leastAhead;
    }
    this.#watchAnew(monotonic);
  }

  #watchAnew(monotonic: number): void {
    this.#leastAhead = Number.POSITIVE_INFINITY;
    this.#watchedSince = monotonic;
  }

  /** What the store itself has said: due there at once, even after its machine's clock was set back. */
  get reached(): number {
    return this.#reached;
  }

  /** Whole milliseconds since 1970. */
  now(): number {
    return this.at(this.#clock.monotonicMs());
  }

  /** As {@link now}, when the caller has read the clock: a read costs 40 ns. */
  at(monotonic: number): number {
    return Math.max(this.#floor, Math.floor(this.#base + (monotonic - this.#arrived)));
  }
}
