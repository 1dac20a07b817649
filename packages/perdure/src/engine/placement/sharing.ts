import type { Dispatcher } from "../activities/dispatcher.ts";
import type { RunningTask } from "../activities/running-task.ts";
import { isSuspect } from "../claims/suspicion.ts";
import { taskRow } from "../commits/activity-call.ts";
import type { Committer } from "../commits/committer.ts";
import type { Engine } from "../engine.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { StoreClock } from "../time/store-clock.ts";

/** Tasks that leave the line at once: a batch of them stays under its row limit. */
const ROWS_A_TURN = 500;

/** Activities that wait for a place here are left to all workers, while another one has places for them. */
export function shareLine(engine: Engine): void {
  const { dispatcher, fleet } = engine;
  if (fleet.isAlone || engine.phase !== "running" || dispatcher.waiting === 0) return;
  let shared = 0;
  for (const task of dispatcher.all()) {
    if (shared >= ROWS_A_TURN) return;
    if (task.startedAt !== null || task.resultDropped || !mayLeave(task) || !fleet.takesActivities(task.request.name)) continue;
    if (leaveToAll(engine, task)) shared += 1;
  }
}

/** A crash suspect that this worker has claimed waits for its turn among suspects, not for a place: elsewhere it would wait as well. */
const mayLeave = ({ row, isForOthers, crashes }: RunningTask): boolean => row === null || isForOthers || !isSuspect(crashes);

function leaveToAll(engine: Engine, task: RunningTask): boolean {
  if (task.row === null) return layOut(engine, task);
  giveBack(engine, task, task.row.attempts);
  return true;
}

/** The row that this worker has claimed is free again. */
function giveBack({ dispatcher, committer }: Engine, task: RunningTask, attempts: number): void {
  const { no, generation, eventId } = task.request;
  const { tasks } = committer.gathering;
  dispatcher.withdraw(task);
  if (task.progressUnsaved) tasks.beat({ no, generation, eventId, progress: task.progress });
  tasks.giveBack({ no, generation, eventId, attempts, crashes: task.crashes });
  committer.requestSeal();
}

export interface LayOutPort {
  readonly table: Pick<InstanceTable, "byNo">;
  readonly dispatcher: Pick<Dispatcher, "withdraw">;
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
  readonly storeClock: StoreClock;
}

/** One that has not begun is left to all workers. */
export function layOut(engine: LayOutPort, task: RunningTask): boolean {
  const { table, committer, dispatcher, storeClock } = engine;
  const { no, generation, eventId } = task.request;
  const instance = table.byNo(no);
  if (instance === undefined || instance.leaving || instance.state.generation !== generation) return false;
  const scheduled = instance.state.activities.get(eventId);
  if (scheduled === undefined) return false;
  dispatcher.withdraw(task);
  instance.rowGiven(eventId);
  committer.gathering.tasks.add(taskRow(engine.storeClock, instance, scheduled, { claimed: false, crashes: task.crashes }));
  committer.gathering.update(instance, storeClock.now());
  committer.requestSeal();
  return true;
}
