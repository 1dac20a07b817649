import type { Lost } from "../../model/executor.ts";
import type { Attempt, RunningTask } from "./running-task.ts";

/** What the dispatcher tells of the attempts that it runs. */
export interface DispatcherHost {
  onResult(task: RunningTask, result: Attempt): void;
  onLost(task: RunningTask, lost: Lost): void;
  onHeartbeat(task: RunningTask): void;
  /** After a result, or when a forgotten attempt has ended. */
  onPlaceFree(activity: string, wasSuspect: boolean): void;
}
