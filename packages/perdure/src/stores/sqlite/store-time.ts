import { GREATEST_SLEW } from "../steady-time.ts";

/** Store time on the thread that calls the writer: never ahead of it, never behind what it has said. */
export interface StoreTime {
  now(): number;
  learn(at: number): void;
}

/** The writer's last word, and the time since then at the slowest pace that the writer may have. */
export class TimeSinceAnswer implements StoreTime {
  readonly #monotonic: () => number;
  #last = 0;
  #learntAt = 0;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  now(): number {
    return this.#at(this.#monotonic());
  }

  learn(at: number): void {
    const monotonic = this.#monotonic();
    if (at < this.#at(monotonic)) return; // an answer that was long under way
    this.#last = at;
    this.#learntAt = monotonic;
  }

  #at(monotonic: number): number {
    return Math.floor(this.#last + (monotonic - this.#learntAt) * (1 - GREATEST_SLEW));
  }
}

/** A clock of the caller's own leads the writer's (tests). */
export class TimeOfCaller implements StoreTime {
  readonly #clock: () => number;
  #last = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  now(): number {
    this.learn(Math.trunc(this.#clock()));
    return this.#last;
  }

  learn(at: number): void {
    if (at > this.#last) this.#last = at;
  }
}
