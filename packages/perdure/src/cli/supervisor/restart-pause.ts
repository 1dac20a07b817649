import { doublingPauseMs } from "../../process/doubling-pause.ts";

/** A worker process that lived this long was well: its death is the first of a row. */
export const WELL_AFTER_MS = 10_000;

const PAUSES = { firstMs: 1_000, longestMs: 30_000 };

/**
 * How long the place of a worker process stays empty after its `deaths`-th death in a row: one death is bad luck and costs nothing; a process
 * that dies again and again must not eat the machine. 0, 1, 2, 4, 8, 16, 30, 30 … seconds.
 */
export function restartPauseMs(deaths: number): number {
  return deaths <= 1 ? 0 : doublingPauseMs(PAUSES, deaths - 2);
}
