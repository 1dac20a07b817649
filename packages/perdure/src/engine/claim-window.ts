import type { Clock } from "./clock.ts";

/** A window that stayed half full for so long doubles: what is in hand waits for something else than this processor. */
export const GROW_MS = 100;

/** Far more than one claim takes. */
const MOST = 100_000;

/**
 * How much of the work that is laid out for all a worker takes in hand. Small at first, so that whoever looks first does not carry off what was
 * meant for several; what is worked off is taken anew at once, and what only waits (for a network, for a disk) soon limits nobody. What takes
 * next to no time is taken in larger pieces: a claim, a read and a look around for every 16 of 5,000 quick tasks cost ten times their work.
 */
export class ClaimWindow {
  readonly #clock: Clock;
  readonly #first: number;
  #size: number;
  #since = 0;
  /** The last time it gave out half of itself or more. */
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
      this.#since = now;
      if (now - this.#filledAt < GROW_MS) this.#grow(); // it was full just now
    } else if (now - this.#since >= GROW_MS) {
      this.#since = now;
      this.#grow();
    }
    const claimable = Math.max(0, Math.min(room, this.#size - inHand));
    this.#filledAt = claimable >= this.#size / 2 ? now : Number.NEGATIVE_INFINITY;
    return claimable;
  }

  /** A claim brought less than it asked for: nothing more is laid out. */
  reset(): void {
    this.#size = this.#first;
    this.#filledAt = Number.NEGATIVE_INFINITY;
  }

  #grow(): void {
    this.#size = Math.min(2 * this.#size, MOST);
  }
}
