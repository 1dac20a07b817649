import type { WorkerId } from "../../model/ids.ts";
import type { FinishedTask, GivenBackTask, NewTask, TaskCancel, TaskHeartbeat } from "../../store/commit.ts";
import type { TaskRow } from "../../store/rows.ts";
import type { Tables } from "./tables.ts";
import { breach } from "./tables.ts";

export function* allTasks(tables: Tables): IterableIterator<TaskRow> {
  for (const tasks of tables.tasks.values()) yield* tasks.values();
}

/** True when it is free for any worker. */
export function addTask(tables: Tables, worker: WorkerId, task: NewTask): boolean {
  if (tables.findTask(task) !== undefined) breach(`task ${task.no}/${task.generation}/${task.eventId} exists`);
  const { claimed, ...columns } = task;
  tables.putTask({ ...columns, worker: claimed ? worker : null, attempts: claimed ? 1 : 0, createdAt: tables.now() });
  return !claimed;
}

/** False when the attempt is stale: the row is gone, or another worker's by now. */
export function finishTask(tables: Tables, worker: WorkerId, done: FinishedTask): boolean {
  const row = tables.findTask(done);
  if (row === undefined || row.worker !== worker || row.attempts !== done.attempts) return false;
  tables.dropTask(row);
  return true;
}

export function beat(tables: Tables, worker: WorkerId, heartbeat: TaskHeartbeat): void {
  const row = tables.findTask(heartbeat);
  if (row !== undefined && row.worker === worker) tables.putTask({ ...row, progress: heartbeat.progress });
}

/** False when the claim is not this worker's any more. */
export function giveBackTask(tables: Tables, worker: WorkerId, task: GivenBackTask): boolean {
  const row = tables.findTask(task);
  if (row === undefined || row.worker !== worker || row.attempts !== task.attempts) return false;
  tables.putTask({ ...row, worker: null, crashes: task.crashes });
  return true;
}

export function cancelTask(tables: Tables, cancel: TaskCancel): void {
  for (const task of tables.tasksOf(cancel.no)) {
    const isMeant =
      cancel.eventId === null
        ? task.generation <= cancel.generation
        : task.generation === cancel.generation && task.eventId === cancel.eventId;
    if (isMeant) tables.dropTask(task);
  }
}
