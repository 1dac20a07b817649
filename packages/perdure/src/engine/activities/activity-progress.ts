import type { InstanceId } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import { taskIdOf } from "../../model/task-id.ts";
import type { RunningTask } from "./running-task.ts";

/** What a running activity has said last of how far it got. */
export interface ActivityProgress {
  readonly instanceId: InstanceId;
  readonly activity: string;
  readonly taskId: string;
  readonly attempt: number;
  /** Store time, ms since 1970. */
  readonly at: number;
  readonly progress: Payload;
}

/** Null: it has said nothing, or only that it lives. */
export function progressOf({ request, progress }: RunningTask, at: number): ActivityProgress | null {
  if (progress === null) return null;
  return { instanceId: request.instanceId, activity: request.name, taskId: taskIdOf(request), attempt: request.attempt, at, progress };
}

export type ProgressListener = (progress: ActivityProgress) => void;

/** Those who want to know how far activities get. */
export class ProgressListeners {
  readonly #listeners = new Set<ProgressListener>();

  /** Returns the way to stop it. */
  add(listener: ProgressListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(task: RunningTask, at: number): void {
    if (this.#listeners.size === 0) return;
    const progress = progressOf(task, at);
    if (progress !== null) for (const listener of this.#listeners) listener(progress);
  }
}
