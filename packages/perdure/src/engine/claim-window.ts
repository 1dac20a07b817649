import type { Clock } from "./clock.ts";

/** A window that stayed half full for so long doubles: what is in hand waits for something else than this processor. */
export const GROW_MS = 100;

/**
 * How much of the work that is laid out for all a worker takes in hand. Small at first, so that whoever looks first does not carry off what was
 * meant for several; what is worked off is taken anew at once, and what only waits (for a network, for a disk) soon limits nobody.
 */
export class ClaimWindow {
  readonly #clock: Clock;
  readonly #first: number;
  #size: number;
  #since = 0;

  constructor(clock: Clock, first: number) {
    this.#clock = clock;
    this.#first = first;
    this.#size = first;
  }

  /** What may be claimed now. */
  room(inHand: number, room: number): number {
    const now = this.#clock.monotonicMs();
    if (inHand < this.#size / 2) this.#since = now;
    else if (now - this.#since >= GROW_MS) {
      this.#size *= 2;
      this.#since = now;
    }
    return Math.max(0, Math.min(room, this.#size - inHand));
  }

  /** A claim brought less than it asked for: nothing more is laid out. */
  reset(): void {
    this.#size = this.#first;
  }
}
