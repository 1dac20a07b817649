import type { Clock, Scheduler } from "../../process/clock.ts";
import { saidByStore } from "../../store/said-by-store.ts";

const TICK_MS = 1_000;

/** Work that is done at regular intervals. */
export interface Job {
  /** 0: with every tick. */
  readonly everyMs: number;
  readonly work: () => void | Promise<void>;
}

interface Timed {
  readonly job: Job;
  nextAt: number;
  isRunning: boolean;
}

/** Jobs, each with a time of its own, so that none can keep another from its turn. */
export class Jobs {
  readonly #scheduler: Pick<Scheduler, "after">;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #jobs: readonly Timed[];
  #cancel: (() => void) | null = null;

  constructor(scheduler: Pick<Scheduler, "after">, clock: Pick<Clock, "monotonicMs">, jobs: readonly Job[]) {
    this.#scheduler = scheduler;
    this.#clock = clock;
    this.#jobs = jobs.map((job) => ({ job, nextAt: clock.monotonicMs() + job.everyMs, isRunning: false }));
  }

  /** `mayRun`: asked at each tick. */
  start(mayRun: () => boolean): void {
    this.#cancel = this.#scheduler.after(TICK_MS, () => {
      if (mayRun()) this.#runDue();
      if (this.#cancel !== null) this.start(mayRun);
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #runDue(): void {
    const now = this.#clock.monotonicMs();
    for (const timed of this.#jobs) if (now >= timed.nextAt && !timed.isRunning) run(timed, now);
  }
}

/** A job that takes longer than its interval is not started again meanwhile; if the store is unreachable, the job runs at its next time. */
function run(timed: Timed, now: number): void {
  timed.nextAt = now + timed.job.everyMs;
  const work = timed.job.work();
  if (work === undefined) return;
  timed.isRunning = true;
  const done = () => {
    timed.isRunning = false;
  };
  work.then(done, (error: unknown) => {
    saidByStore(error);
    done();
  });
}
