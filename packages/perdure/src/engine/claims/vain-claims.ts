import type { Clock } from "../../process/clock.ts";

/** What is due and could not be claimed (a suspect activity that waits while another one runs alone) is not asked for again sooner than this. */
const PAUSE_MS = 100;

/** Claims that brought nothing although work looked due: the same is not claimed again at once. */
export class VainClaims {
  readonly #clock: Pick<Clock, "monotonicMs">;
  /** Due times, as the last look saw them. */
  #seen = "";
  #vain = "";
  #until = 0;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** A look has seen these due times. Gives for how long what is due is better left, ms; 0 or less: not at all. */
  looked(dueTimes: readonly (number | null)[]): number {
    this.#seen = dueTimes.join(" ");
    return this.#seen === this.#vain ? this.#until - this.#clock.monotonicMs() : 0;
  }

  broughtNothing(): void {
    this.#vain = this.#seen;
    this.#until = this.#clock.monotonicMs() + PAUSE_MS;
  }
}
