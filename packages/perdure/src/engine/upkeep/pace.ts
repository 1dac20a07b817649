import type { WorkerParts } from "../options.ts";

const SLICE = 500;
const LEAST_SLICE = 50;
/** A slice that takes longer is made smaller: others wait for it. */
const LONG_MS = 20;
/** Of the time of the store at most a fifth is for this … */
const PAUSES_PER_SLICE = 4;
/** … and under a full queue, where each slice takes long because it waits, it continues all the same. */
const LONGEST_PAUSE_MS = 250;

/** Work on many rows, in slices beside the work of the store. */
export class Pace {
  readonly #parts: Pick<WorkerParts, "scheduler" | "clock">;
  #rows = SLICE;

  constructor(parts: Pick<WorkerParts, "scheduler" | "clock">) {
    this.#parts = parts;
  }

  /** The size of the next slice. */
  get rows(): number {
    return this.#rows;
  }

  /** Between two slices; `began`: when the first of them did. */
  async pause(began: number): Promise<void> {
    const { clock, scheduler } = this.#parts;
    const tookMs = clock.monotonicMs() - began;
    this.#rows = tookMs > LONG_MS ? Math.max(LEAST_SLICE, this.#rows >> 1) : Math.min(SLICE, this.#rows * 2);
    const ms = Math.min(tookMs * PAUSES_PER_SLICE, LONGEST_PAUSE_MS);
    if (ms > 0) await new Promise<void>((resolve) => scheduler.after(ms, resolve));
  }
}
