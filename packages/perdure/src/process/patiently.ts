import type { Clock, Scheduler } from "./clock.ts";
import { doublingPauseMs } from "./doubling-pause.ts";

export interface Patience {
  /** 0: one attempt. */
  readonly timeoutMs: number;
  /** Whether another attempt may succeed. */
  readonly isPassing: (error: unknown) => boolean;
  /** Pauses double up to this; default: a second. */
  readonly longestPauseMs?: number;
  readonly scheduler: Scheduler;
  readonly clock: Pick<Clock, "monotonicMs">;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** Again and again until it succeeds, fails for good, or the time is over; then with the last error. */
export async function patiently<T>(attempt: () => Promise<T>, patience: Patience): Promise<T> {
  const { timeoutMs, isPassing, longestPauseMs = LONGEST_PAUSE_MS, scheduler, clock } = patience;
  const until = clock.monotonicMs() + timeoutMs;
  for (let failures = 0; ; failures++) {
    const pauseMs = doublingPauseMs({ firstMs: FIRST_PAUSE_MS, longestMs: longestPauseMs }, failures);
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error) || clock.monotonicMs() + pauseMs >= until) throw error;
    }
    await new Promise<void>((resolve) => scheduler.after(pauseMs, resolve));
  }
}
