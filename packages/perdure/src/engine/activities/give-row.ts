import { taskRow } from "../commits/activity-call.ts";
import type { Committer } from "../commits/committer.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import { layOut } from "../placement/sharing.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { RunningTask } from "./running-task.ts";

export interface GiveRowsPort {
  readonly table: Pick<InstanceTable, "byNo">;
  readonly dispatcher: Pick<Dispatcher, "get" | "withdraw">;
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
  readonly storeClock: StoreClock;
}

/** A running attempt gets a row in the task queue that this worker has claimed: it outlives the instance's own memory. */
export function giveRow(engine: GiveRowsPort, task: RunningTask): void {
  const instance = engine.table.byNo(task.request.no);
  if (instance === undefined || instance.leaving || instance.state.generation !== task.request.generation) return;
  const scheduled = instance.state.activities.get(task.request.eventId);
  if (scheduled === undefined) return;
  const batch = engine.committer.gathering;
  const crashes = Math.max(instance.crashes, task.crashes);
  task.row = { attempts: 1, crashes };
  instance.rowGiven(scheduled.id);
  batch.tasks.add({ ...taskRow(engine.storeClock, instance, scheduled, { claimed: true, crashes }), progress: task.progress });
  batch.update(instance, engine.storeClock.now());
  task.progressUnsaved = false;
  engine.committer.requestSeal();
}

/** Before an instance leaves: what runs of it stays here, what waits is for all workers, and the next owner runs none of it beside them. */
export function giveRows(engine: GiveRowsPort, instance: ActiveInstance): void {
  const { no, state, rowTasks } = instance;
  for (const { id: eventId } of state.activities.values()) {
    if (rowTasks.has(eventId)) continue;
    const task = engine.dispatcher.get({ no, generation: state.generation, eventId });
    if (task === undefined || task.row !== null) continue;
    if (task.startedAt === null) layOut(engine, task);
    else giveRow(engine, task);
  }
}
