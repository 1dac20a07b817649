import { setImmediateNow } from "../../process/real-globals.ts";

/**
 * Begins one call in each turn of the event loop. rhea 3.0.5, below the client of Service Bus, writes two neighbouring messages that are settled in one turn as one
 * range with the outcome of the first: the second would be completed although its function failed.
 */
export class OneATurn {
  #last: Promise<void> = Promise.resolve();

  do(begin: () => Promise<void>): Promise<void> {
    const begun = this.#last.then(() => ({ ended: begin() }));
    this.#last = begun.then(nextTurn, nextTurn);
    return begun.then(({ ended }) => ended);
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediateNow(() => resolve()));
