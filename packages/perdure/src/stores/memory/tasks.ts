import type { TaskKey } from "../../model/executor.ts";
import type { WorkerId } from "../../model/ids.ts";
import type { FinishedTask, NewTask, TaskCancel, TaskHeartbeat } from "../../store/commit.ts";
import type { TaskRow } from "../../store/rows.ts";
import type { Tables } from "./tables.ts";
import { breach } from "./tables.ts";

export function* allTasks(tables: Tables): IterableIterator<TaskRow> {
  for (const tasks of tables.tasks.values()) yield* tasks;
}

export function findTask(tables: Tables, key: Omit<TaskKey, "eventId"> & { readonly eventId: number }): TaskRow | undefined {
  return tables.tasksOf(key.no).find((task) => task.generation === key.generation && task.eventId === key.eventId);
}

/** Replaces one row; `after` undefined removes it. */
export function changeTask(tables: Tables, before: TaskRow, after: TaskRow | undefined): void {
  const rest = tables.tasksOf(before.no).filter((task) => task !== before);
  const tasks = after === undefined ? rest : [...rest, after];
  tables.set(tables.tasks, before.no, tasks.length === 0 ? undefined : tasks);
}

/** True when it is free for anybody. */
export function addTask(tables: Tables, worker: WorkerId, task: NewTask): boolean {
  if (findTask(tables, task) !== undefined) breach(`task ${task.no}/${task.generation}/${task.eventId} exists`);
  const { claimed, ...columns } = task;
  const row: TaskRow = { ...columns, worker: claimed ? worker : null, attempts: claimed ? 1 : 0, createdAt: tables.now() };
  tables.set(tables.tasks, task.no, [...tables.tasksOf(task.no), row]);
  return !claimed;
}

/** False when the attempt is stale: the row is gone, or somebody else's by now. */
export function finishTask(tables: Tables, worker: WorkerId, done: FinishedTask): boolean {
  const row = findTask(tables, done);
  if (row === undefined || row.worker !== worker || row.attempts !== done.attempts) return false;
  changeTask(tables, row, undefined);
  return true;
}

export function beat(tables: Tables, worker: WorkerId, heartbeat: TaskHeartbeat): void {
  const row = findTask(tables, heartbeat);
  if (row !== undefined && row.worker === worker) changeTask(tables, row, { ...row, progress: heartbeat.progress });
}

export function cancelTask(tables: Tables, cancel: TaskCancel): void {
  for (const task of tables.tasksOf(cancel.no)) {
    const isMeant =
      cancel.eventId === null
        ? task.generation <= cancel.generation
        : task.generation === cancel.generation && task.eventId === cancel.eventId;
    if (isMeant) changeTask(tables, task, undefined);
  }
}
