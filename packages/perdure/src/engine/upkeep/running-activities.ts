import type { EndReason, TaskKey } from "../../model/executor.ts";
import { endReason } from "../../model/executor.ts";
import { isTerminal } from "../../model/status.ts";
import { taskKeyText } from "../../model/task-id.ts";
import type { InstanceRow } from "../../store/rows.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Committer } from "../commits/committer.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { ActivityRows } from "../tasks/activity-rows.ts";

export interface RunningActivitiesPort {
  readonly parts: Pick<WorkerParts, "store" | "scheduler" | "clock">;
  readonly settings: Pick<WorkerSettings, "longActivityMs" | "heartbeatFlushMs">;
  readonly dispatcher: Pick<Dispatcher, "all" | "abort" | "get">;
  readonly activityRows: Pick<ActivityRows, "give" | "saveProgress">;
  readonly committer: Pick<Committer, "isAtRest">;
}

/** Keeps running activities and their rows in agreement: long ones get a row, heartbeats are saved, and those that were cancelled in the store are aborted. */
export class RunningActivities {
  readonly #port: RunningActivitiesPort;
  #savesSoon = false;

  constructor(port: RunningActivitiesPort) {
    this.#port = port;
  }

  /** The last heartbeat is in the store within `heartbeatFlushMs`; several in between are one. */
  onHeartbeat(): void {
    if (this.#savesSoon) return;
    this.#savesSoon = true;
    const { parts, settings, dispatcher, activityRows } = this.#port;
    parts.scheduler.after(settings.heartbeatFlushMs, () => {
      this.#savesSoon = false;
      for (const task of dispatcher.all()) if (task.progressUnsaved) activityRows.saveProgress(task);
    });
  }

  giveRowsToLong(): void {
    const { dispatcher, settings, parts, activityRows } = this.#port;
    const since = parts.clock.monotonicMs() - settings.longActivityMs;
    for (const task of dispatcher.all()) {
      if (task.startedAt !== null && task.startedAt <= since && task.row === null && !task.resultDropped) activityRows.give(task);
    }
  }

  /**
   * A task row that is gone was cancelled by its instance's end: the attempt is no longer wanted. Asked only while no batch is on its way or waits to be
   * sent again, since a row in such a batch is not in the store yet. A result is never dropped for a missing row alone: the instance must have ended.
   */
  async abortCancelled(): Promise<void> {
    const { dispatcher, parts, committer } = this.#port;
    const withRow = [...dispatcher.all()].filter((task) => task.row !== null && task.startedAt !== null);
    if (withRow.length === 0 || !committer.isAtRest) return;
    const rows = await parts.store.loadTasks(withRow.map((task) => task.request));
    const alive = new Set(rows.map(taskKeyText));
    for (const task of withRow) {
      const { request } = task;
      if (alive.has(taskKeyText(request))) continue;
      const instance = await parts.store.getInstance(request.instanceId, "none");
      const reason = whyUnwanted(request, instance);
      if (reason !== null && dispatcher.get(request) === task) dispatcher.abort(request, reason);
    }
  }
}

/** Null: the instance that asked for it still waits for it. `instance`: the one that has this id now. */
function whyUnwanted({ no, generation }: TaskKey, instance: InstanceRow | null): EndReason | null {
  if (instance === null || instance.no !== no || instance.generation !== generation) return "terminated";
  return isTerminal(instance.status) ? endReason(instance.status) : null;
}
