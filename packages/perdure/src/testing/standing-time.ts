import type { Scheduler } from "../process/clock.ts";

export interface StandingTimeParts {
  /** Runs on real time, and keeps the process alive while it waits. */
  readonly scheduler: Pick<Scheduler, "after">;
  readonly isWaited: () => boolean;
  /** Null: something runs. Otherwise a number that changes whenever something has run. */
  readonly movement: () => number | null;
  readonly giveUp: (afterMs: number) => void;
}

/** Less than the 5 s after which most test runners end a test without knowing why. */
const STANDS_MS = 3_000;
/** Looks are counted, not time: a blocked event loop counts as one look, and ends no wait. */
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
