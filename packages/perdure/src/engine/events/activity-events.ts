import type { Lost } from "../../model/executor.ts";
import type { ProgressListeners } from "../activities/activity-progress.ts";
import type { DispatcherHost } from "../activities/dispatcher-host.ts";
import type { Attempt, RunningTask } from "../activities/running-task.ts";
import type { Intake } from "../claims/intake.ts";
import type { LossLog } from "../executor/loss-log.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { ActivityResults } from "../tasks/activity-results.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { RunningActivities } from "../upkeep/running-activities.ts";

export interface ActivityEventsPort {
  readonly phase: Phase;
  readonly results: Pick<ActivityResults, "deliver">;
  readonly intake: Pick<Intake, "onPlaceFree">;
  readonly losses: Pick<LossLog, "note">;
  readonly runningActivities: Pick<RunningActivities, "onHeartbeat">;
  readonly progressListeners: Pick<ProgressListeners, "tell">;
  readonly storeClock: Pick<StoreClock, "now">;
  readonly parts: Pick<WorkerParts, "taps" | "clock">;
}

/** What the dispatcher tells of the attempts that it runs. */
export class ActivityEvents implements DispatcherHost {
  readonly #port: ActivityEventsPort;

  constructor(port: ActivityEventsPort) {
    this.#port = port;
  }

  onResult(task: RunningTask, result: Attempt): void {
    const { phase, results, parts } = this.#port;
    if (!isAlive(phase)) return;
    if (parts.taps !== undefined && task.startedAt !== null) parts.taps.onAttempt(task, result, parts.clock.monotonicMs() - task.startedAt);
    results.deliver(task, result);
  }

  onPlaceFree(activity: string, wasSuspect: boolean): void {
    if (isAlive(this.#port.phase)) this.#port.intake.onPlaceFree(activity, wasSuspect);
  }

  onLost({ request }: RunningTask, lost: Lost): void {
    this.#port.losses.note("activity", request.name, request.instanceId, lost);
  }

  onHeartbeat(task: RunningTask): void {
    this.#port.runningActivities.onHeartbeat();
    this.#port.progressListeners.tell(task, this.#port.storeClock.now());
  }
}
