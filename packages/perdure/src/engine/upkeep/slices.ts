import type { WorkerParts } from "../options.ts";

const SLICE = 500;
const LEAST_SLICE = 50;
/** So long a slice may take … */
const LONG_MS = 20;
/** … and so long where nothing else can be written beside it, since commits wait for it. */
const LONG_HOLD_MS = 5;
/** Where others wait for a slice, at most a tenth of their time is for this … */
const PAUSES_PER_HOLD = 9;
/** … where they are written beside it, a fifth of one connection's … */
const PAUSES_PER_SLICE = 4;
/** … and where each slice takes long because it waits, it continues all the same. */
const LONGEST_PAUSE_MS = 250;

/** Work on many rows, in slices beside the work of the store. */
export class Slices {
  readonly #parts: Pick<WorkerParts, "scheduler" | "clock">;
  #rows = SLICE;

  constructor(parts: Pick<WorkerParts, "scheduler" | "clock">) {
    this.#parts = parts;
  }

  /** The size of the next slice. */
  get rows(): number {
    return this.#rows;
  }

  /** Between two slices; `began`: when the first of them did; `heldMs`: how long others waited for it, if the store knows. */
  async pause(began: number, heldMs?: number): Promise<void> {
    const { clock, scheduler } = this.#parts;
    const tookMs = clock.monotonicMs() - began;
    const fits = heldMs === undefined ? LONG_MS / tookMs : LONG_HOLD_MS / heldMs;
    const next = Math.floor(this.#rows * Math.min(Math.max(fits, 0.5), 2));
    this.#rows = Math.min(Math.max(next, LEAST_SLICE), SLICE);
    const ms = Math.min(heldMs === undefined ? tookMs * PAUSES_PER_SLICE : heldMs * PAUSES_PER_HOLD, LONGEST_PAUSE_MS);
    if (ms > 0) await new Promise<void>((resolve) => scheduler.after(ms, resolve));
  }
}
