import type { Scheduler } from "../process/clock.ts";

export interface StandingTimeParts {
  /** Of real time, and such that the process does not end while it is waited for. */
  readonly scheduler: Pick<Scheduler, "after">;
  readonly isWaited: () => boolean;
  /** Null: something runs. Else a number that is another one whenever something has run. */
  readonly movement: () => number | null;
  readonly giveUp: (afterMs: number) => void;
}

/** Less than the 5 s after which most test runners end a test without knowing why. */
const STANDS_MS = 3_000;
/** Looks are counted, not time: an event loop that was blocked meanwhile makes one look of it, and ends no wait. */
const LOOK_EVERY_MS = 100;

/** Ends the waits of a test that lets no time pass: they would last for ever. */
export class StandingTime {
  readonly #parts: StandingTimeParts;
  #isWatching = false;
  #last: number | null = null;
  #looks = 0;

  constructor(parts: StandingTimeParts) {
    this.#parts = parts;
  }

  /** Called when a wait begins. */
  watch(): void {
    this.#looks = 0;
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#lookLater();
  }

  #lookLater(): void {
    this.#parts.scheduler.after(LOOK_EVERY_MS, () => this.#look());
  }

  #look(): void {
    const movement = this.#parts.movement();
    this.#looks = movement !== null && movement === this.#last ? this.#looks + 1 : 0;
    this.#last = movement;
    if (this.#looks * LOOK_EVERY_MS >= STANDS_MS) this.#parts.giveUp(STANDS_MS);
    this.#isWatching = this.#parts.isWaited();
    if (this.#isWatching) this.#lookLater();
  }
}
