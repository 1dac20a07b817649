import { realClock, realScheduler } from "../../process/real-time.ts";
import { drainLimitMs } from "./drain-limit.ts";
import type { ForkSurroundings } from "./fork-worker.ts";
import { forkWorker } from "./fork-worker.ts";
import type { WorkerSetup } from "./messages.ts";
import { Supervisor } from "./supervisor.ts";

export interface SupervisorOptions extends ForkSurroundings {
  readonly count: number;
  readonly setup: Omit<WorkerSetup, "kind" | "number">;
}

export function makeSupervisor({ count, setup, log, err }: SupervisorOptions): Supervisor {
  return new Supervisor({
    count,
    spawn: (number, events) => forkWorker({ kind: "setup", number, ...setup }, { log, err }, events),
    scheduler: realScheduler(true),
    now: () => realClock.monotonicMs(),
    log,
    drainLimitMs: drainLimitMs(setup.options),
  });
}
