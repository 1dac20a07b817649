import type { PoisonCause } from "../../errors/poison-cause.ts";
import type { AbortReason, ActivityRequest, ActivityResult, NotRun } from "../../model/executor.ts";
import type { Payload } from "../../model/payload.ts";

/** One attempt of an activity in this worker: waiting for a place, or running. */
export interface RunningTask {
  request: ActivityRequest;
  /** Who came first is served first. */
  readonly order: number;
  /** Its row in the task queue, once it has one; `attempts` is the claim under which it runs. */
  row: { readonly attempts: number; readonly crashes: number } | null;
  /** Those of its row, and the places that were lost with it since. */
  crashes: number;
  /** Times in a row that it was lost in this worker. */
  losses: number;
  /** Tells the gate of suspects that it does not run any more. */
  leaveGate: (() => void) | null;
  /** The result is no longer waited for (its instance ended); it runs because it was recorded. */
  resultDropped: boolean;
  /** Monotonic; null while it waits for a place. */
  startedAt: number | null;
  /** Last heartbeat, and whether it is on its way to the store. */
  progress: Payload | null;
  progressUnsaved: boolean;
  aborted: AbortReason | null;
  /** The executor has declined it, and another worker may have a place for it. */
  isForOthers: boolean;
  /** The attempt that is to follow it. */
  next: Pick<RunningTask, "request" | "row" | "resultDropped"> | null;
}

/** How an activity ends that will not be delivered again by this worker. */
export type Attempt = Exclude<ActivityResult, NotRun> | { readonly kind: "poison"; readonly cause: PoisonCause };
