import { DEFAULT_WORKER_SETTINGS } from "../../engine/options.ts";
import { realClock, realScheduler } from "../../engine/real-time.ts";
import type { ForkSurroundings } from "./fork-worker.ts";
import { forkWorker } from "./fork-worker.ts";
import type { WorkerSetup } from "./messages.ts";
import { Supervisor } from "./supervisor.ts";

export interface SupervisorOptions extends ForkSurroundings {
  readonly count: number;
  readonly setup: Omit<WorkerSetup, "kind" | "number">;
}

/** A drained worker lets activities finish, then writes and leaves; one that cannot do that in this time will never. */
const DRAIN_LIMIT_MS = DEFAULT_WORKER_SETTINGS.drainMs + 5_000;

export function makeSupervisor({ count, setup, log, err }: SupervisorOptions): Supervisor {
  return new Supervisor({
    count,
    spawn: (number, events) => forkWorker({ kind: "setup", number, ...setup }, { log, err }, events),
    scheduler: realScheduler(true),
    now: () => realClock.monotonicMs(),
    log,
    drainLimitMs: DRAIN_LIMIT_MS,
  });
}
