import type { Clock } from "../../process/clock.ts";

/** A window that stayed half full for this long doubles: its work waits for I/O. */
export const GROW_MS = 100;

/**
 * Or its work waits for this processor: while the thread computes for more than this share of the time, the window takes longer to
 * double. Without that, a busy worker took ever more of what others could do (three processes shared 200 activities of 10 ms as 130, 70 and 0).
 */
const BUSY_SHARE = 0.7;
const BUSY_GROW_MS = 1_000;

/** Far more than one claim takes. */
const MOST = 100_000;

/**
 * How much of the work that is left to all a worker claims. Small at first, so that the first worker to look does not take what was
 * meant for several; what is done is replaced at once, and what only waits (for a network, for a disk) soon limits nothing. What takes
 * next to no time is taken in larger pieces: a claim, a read and a look around for every 16 of 5,000 quick tasks cost ten times their work.
 */
export class ClaimWindow {
  readonly #clock: Clock;
  readonly #first: number;
  #size: number;
  #since = 0;
  #busyThen = 0;
  /** The last time that a claim filled half of it or more. */
  #filledAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, first: number) {
    this.#clock = clock;
    this.#first = first;
    this.#size = first;
  }

  /** What may be claimed now. */
  room(inHand: number, room: number): number {
    const now = this.#clock.monotonicMs();
    if (inHand < this.#size / 2) {
      this.#restart(now);
      if (now - this.#filledAt < GROW_MS) this.#grow(); // it was half full just now, or fuller
    } else if (now - this.#since >= (this.#isBusy(now) ? BUSY_GROW_MS : GROW_MS)) {
      this.#restart(now);
      this.#grow();
    }
    return Math.max(0, Math.min(room, this.#size - inHand));
  }

  /** What a claim brought. `all`: less than it asked for, so nothing more is left to take. */
  claimed(count: number, all: boolean): void {
    if (all) this.#size = this.#first;
    this.#filledAt = !all && count >= this.#size / 2 ? this.#clock.monotonicMs() : Number.NEGATIVE_INFINITY;
  }

  #restart(now: number): void {
    this.#since = now;
    this.#busyThen = this.#clock.busyMs();
  }

  #isBusy(now: number): boolean {
    return this.#clock.busyMs() - this.#busyThen > BUSY_SHARE * (now - this.#since);
  }

  #grow(): void {
    this.#filledAt = Number.NEGATIVE_INFINITY;
    this.#size = Math.min(2 * this.#size, MOST);
  }
}
