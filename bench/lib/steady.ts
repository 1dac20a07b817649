import { createHistogram } from "node:perf_hooks";
import type { Clock, Scheduler } from "../../packages/perdure/src/process/clock.ts";
import { realClock, realScheduler } from "../../packages/perdure/src/process/real-time.ts";
import type { Latencies } from "./stats.ts";

/** Starts that leave at a fixed rate, whatever comes back. */
export interface SteadyLoad {
  readonly startsPerSecond: number;
  readonly seconds: number;
  /**
   * At so many unfinished ones it does not keep up. `fail`: that is an error, continuing would only fill memory. `hold`: starts wait, and what
   * was completed in time shows it.
   */
  readonly whenBehind: "fail" | "hold";
  readonly once: (n: number) => Promise<void>;
  readonly onTick?: (elapsedSeconds: number) => void;
  /** False: the bench itself held the thread meanwhile, so the latency of this one says nothing of the system. */
  readonly undisturbed?: (fromMs: number, toMs: number) => boolean;
}

export interface SteadyResult extends Latencies {
  /** Within the time; what ended later only counts for the latencies. */
  readonly completed: number;
}

const TICK_MS = 10;
const MOST_UNFINISHED = 20_000;

/** When starts leave, and how long they take. */
export type LoadTime = Pick<Clock, "monotonicMs"> & Pick<Scheduler, "after">;
const REAL_TIME: LoadTime = { ...realClock, ...realScheduler(true) };

export async function runSteadyLoad(load: SteadyLoad, time = REAL_TIME): Promise<SteadyResult> {
  const latencies = createHistogram();
  const began = time.monotonicMs();
  const elapsed = (): number => (time.monotonicMs() - began) / 1_000;
  const tick = (): Promise<void> => new Promise((resolve) => time.after(TICK_MS, resolve));
  let started = 0;
  let completed = 0;
  let completedInTime = 0;
  let failure: Error | null = null;

  const one = async (n: number): Promise<void> => {
    const from = time.monotonicMs();
    await load.once(n);
    const to = time.monotonicMs();
    if (load.undisturbed?.(from, to) !== false) latencies.record(Math.max(1, Math.round((to - from) * 1_000)));
    completed++;
    if (elapsed() <= load.seconds) completedInTime++;
  };
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new Error(String(error));
  };

  while (elapsed() < load.seconds && failure === null) {
    const due = Math.floor(elapsed() * load.startsPerSecond);
    if (load.whenBehind === "fail" && due - completed > MOST_UNFINISHED)
      throw new Error(`${due - completed} unfinished at ${load.startsPerSecond} starts/s after ${elapsed()} s`);
    while (started < due && started - completed < MOST_UNFINISHED) one(started++).catch(fail);
    load.onTick?.(elapsed());
    await tick();
  }
  while (completed < started && failure === null) await tick();
  if (failure !== null) throw failure;

  const ms = (percent: number): number => latencies.percentile(percent) / 1_000;
  return { completed: completedInTime, p50Ms: ms(50), p95Ms: ms(95), p99Ms: ms(99) };
}
