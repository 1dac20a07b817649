import { fault } from "../errors/perdure-error.ts";

/** A body up to this size is small: it is not refused as long as the small ones have room of their own. */
export const SMALL_BODY_BYTES = 64 * 1_024;

/** Of the limit, this part is for large bodies: however many of them are held half sent, small ones get in. */
const LARGE_SHARE = 0.75;

/** Bytes of request bodies that are in memory at once, over all connections of a handler. */
export class BodyBudget {
  readonly #limit: number;
  readonly #largeLimit: number;
  #held = 0;

  /** One body of the largest size must always fit. */
  constructor(limit: number, maxBodyBytes: number) {
    this.#limit = limit;
    this.#largeLimit = Math.max(Math.min(maxBodyBytes, limit), Math.floor(limit * LARGE_SHARE));
  }

  get held(): number {
    return this.#held;
  }

  /** A share for one request, which grows as its body comes and is given back as a whole. */
  open(): BodyShare {
    let own = 0;
    let isOver = false;
    return {
      take: (bytes) => {
        if (isOver) return; // what still comes is only passed through
        const limit = own + bytes <= SMALL_BODY_BYTES ? this.#limit : this.#largeLimit;
        if (this.#held + bytes > limit) throw fault("BODIES_HELD", this.#limit);
        own += bytes;
        this.#held += bytes;
      },
      giveBack: () => {
        this.#held -= own;
        own = 0;
        isOver = true;
      },
    };
  }
}

export interface BodyShare {
  /** Throws BODIES_HELD when there is no room. */
  take(bytes: number): void;
  giveBack(): void;
}
