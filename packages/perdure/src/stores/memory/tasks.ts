import type { WorkerId } from "../../model/ids.ts";
import { NO_SLOT_YET, slotId } from "../../model/slot.ts";
import type { FinishedTask, GivenBackTask, NewTask, TaskCancel, TaskHeartbeat } from "../../store/commit.ts";
import type { SlotHolders, Store } from "../../store/contract.ts";
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
  const row = { ...columns, worker: claimed ? worker : null, attempts: claimed ? 1 : 0, createdAt: tables.now() };
  if (task.slot !== undefined) {
    if (claimed) breach(`task ${task.no}/${task.generation}/${task.eventId} is claimed without a slot`);
    tables.openSlots.add(slotId(task.name, task.slot.key));
    tables.putTask({ ...row, notBefore: NO_SLOT_YET });
    return false;
  }
  tables.putTask(row);
  return !claimed;
}

/** Gives the slots that are open to those that wait for them, the first to come first. True when one was given: its task is free for any worker now. */
export function giveSlots(tables: Tables): boolean {
  let given = false;
  for (const id of tables.openSlots) {
    const rows = [...allTasks(tables)].filter(({ name, slot }) => slot !== undefined && slotId(name, slot.key) === id);
    const line = rows.filter(isInLine).sort(byArrival);
    let held = rows.length - line.length;
    for (const task of line) {
      if (held >= (task.slot?.limit ?? 0)) break;
      tables.putTask({ ...task, notBefore: tables.now() });
      held += 1;
      given = true;
    }
  }
  tables.openSlots.clear();
  return given;
}

export const isInLine = ({ slot, notBefore }: TaskRow): boolean => slot !== undefined && notBefore === NO_SLOT_YET;

const byArrival = (a: TaskRow, b: TaskRow): number =>
  a.createdAt - b.createdAt || a.no - b.no || a.generation - b.generation || a.eventId - b.eventId;

export function readSlotHolders(tables: Tables, { slotId: id, atMost }: Parameters<Store["readSlotHolders"]>[0]): SlotHolders {
  const held = [...allTasks(tables)].filter(
    (task) => task.slot !== undefined && !isInLine(task) && slotId(task.name, task.slot.key) === id,
  );
  const holders = held.sort((a, b) => a.notBefore - b.notBefore || byArrival(a, b)).slice(0, atMost);
  return { count: held.length, holders: holders.map(({ instanceId }) => instanceId) };
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
