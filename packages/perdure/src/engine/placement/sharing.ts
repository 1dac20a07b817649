import type { RunningTask } from "../activities/running-task.ts";
import { taskRow } from "../commits/gather.ts";
import type { Engine } from "../engine.ts";

/** Tasks that leave the line at once: a batch of them stays under its row limit. */
const ROWS_A_TURN = 500;

/** Activities that wait for a place here get free rows in the task queue, while another worker has places for them. */
export function shareLine(engine: Engine): void {
  const { dispatcher, fleet } = engine;
  if (fleet.isAlone || engine.phase !== "running" || dispatcher.waiting === 0) return;
  let shared = 0;
  for (const task of dispatcher.all()) {
    if (shared >= ROWS_A_TURN) return;
    if (task.startedAt !== null || task.row !== null || task.resultDropped || !fleet.takesActivities(task.request.name)) continue;
    if (layOut(engine, task)) shared += 1;
  }
}

/** One that has not begun is left to all workers. */
export function layOut(engine: Engine, task: RunningTask): boolean {
  const { table, committer, dispatcher, storeClock } = engine;
  const { no, generation, eventId } = task.request;
  const instance = table.byNo(no);
  if (instance === undefined || instance.leaving || instance.state.generation !== generation) return false;
  const scheduled = instance.state.activities.get(eventId);
  if (scheduled === undefined) return false;
  dispatcher.withdraw(task);
  instance.rowGiven(eventId);
  committer.gathering.tasks.add(taskRow(engine, instance, scheduled, { claimed: false, crashes: task.crashes }));
  committer.gathering.update(instance, storeClock.now());
  committer.requestSeal();
  return true;
}
