import { functionKey } from "../../../model/function-name.ts";
import { NO_SLOT_YET, slotId } from "../../../model/slot.ts";
import type { FinishedTask, GivenBackTask, NewTask, TaskCancel, TaskHeartbeat } from "../../../store/commit.ts";
import { pack, packOrNull } from "../payload-column.ts";
import type { Tx } from "./tx.ts";

const INSERT = `INSERT INTO tasks (no, generation, event_id, instance_id, name, name_key, worker, attempts, not_before, crashes, slot, slot_limit, body,
  progress, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** True when it is free for any worker. */
export function addTask(tx: Tx, worker: number, task: NewTask): boolean {
  const { no, generation, eventId, instanceId, name, claimed, notBefore, crashes, slot, body, progress } = task;
  const owner = claimed ? [worker, 1] : [null, 0];
  const id = slot === undefined ? null : slotId(name, slot.key);
  if (id !== null) tx.openSlots.add(id);
  tx.connection
    .sql(INSERT)
    .run(
      no,
      generation,
      eventId,
      instanceId,
      name,
      functionKey(name),
      ...owner,
      id === null ? notBefore : NO_SLOT_YET,
      crashes,
      id,
      slot?.limit ?? null,
      pack(body),
      packOrNull(progress),
      tx.now,
    );
  return !claimed && id === null;
}

/** False when the attempt is stale: the row is gone, or another worker's by now. */
export function finishTask(tx: Tx, worker: number, done: FinishedTask): boolean {
  const { no, generation, eventId, attempts } = done;
  return (
    dropTasks(
      tx,
      "no = ? AND generation = ? AND event_id = ? AND worker = ? AND attempts = ?",
      no,
      generation,
      eventId,
      worker,
      attempts,
    ) === 1
  );
}

/** How many there were. The slots that they held are open. */
export function dropTasks(tx: Tx, which: string, ...values: readonly (number | string)[]): number {
  const dropped = tx.connection.sql(`DELETE FROM tasks WHERE ${which} RETURNING slot`).all(...values);
  for (const { slot } of dropped) if (typeof slot === "string") tx.openSlots.add(slot);
  return dropped.length;
}

const HELD = "SELECT count(*) FROM tasks WHERE slot = ? AND not_before < ?";
const FIRST_IN_LINE = `SELECT no, generation, event_id, slot_limit FROM tasks WHERE slot = ? AND not_before = ?
  ORDER BY created_at, no, generation, event_id LIMIT 1`;
const GIVE = "UPDATE tasks SET not_before = ? WHERE no = ? AND generation = ? AND event_id = ?";

/** Gives the slots that are open to those that wait for them, the first to come first. True when one was given: its task is free for any worker now. */
export function giveSlots({ connection, now, openSlots }: Tx): boolean {
  let given = false;
  for (const id of openSlots) {
    let held = connection.number(HELD, id, NO_SLOT_YET);
    for (;;) {
      const next = connection.sql(FIRST_IN_LINE).get(id, NO_SLOT_YET);
      if (next === undefined || held >= Number(next.slot_limit)) break;
      connection.sql(GIVE).run(now, Number(next.no), Number(next.generation), Number(next.event_id));
      held += 1;
      given = true;
    }
  }
  openSlots.clear();
  return given;
}

export function beat(tx: Tx, worker: number, heartbeat: TaskHeartbeat): void {
  const { no, generation, eventId, progress } = heartbeat;
  tx.connection
    .sql("UPDATE tasks SET progress = ? WHERE no = ? AND generation = ? AND event_id = ? AND worker = ?")
    .run(packOrNull(progress), no, generation, eventId, worker);
}

/** False when the claim is not this worker's any more. */
export function giveBackTask(tx: Tx, worker: number, { no, generation, eventId, attempts, crashes }: GivenBackTask): boolean {
  const freed = tx.connection
    .sql("UPDATE tasks SET worker = NULL, crashes = ? WHERE no = ? AND generation = ? AND event_id = ? AND worker = ? AND attempts = ?")
    .run(crashes, no, generation, eventId, worker, attempts);
  return freed.changes === 1;
}

export function cancelTask(tx: Tx, { no, generation, eventId }: TaskCancel): void {
  if (eventId === null) dropTasks(tx, "no = ? AND generation <= ?", no, generation);
  else dropTasks(tx, "no = ? AND generation = ? AND event_id = ?", no, generation, eventId);
}
