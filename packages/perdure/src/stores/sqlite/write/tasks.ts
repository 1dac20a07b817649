import { functionKey } from "../../../model/function-name.ts";
import type { FinishedTask, GivenBackTask, NewTask, TaskCancel, TaskHeartbeat } from "../../../store/commit.ts";
import { pack, packOrNull } from "../payload-column.ts";
import type { Tx } from "./tx.ts";

const INSERT = `INSERT INTO tasks (no, generation, event_id, instance_id, name, name_key, worker, attempts, not_before, crashes, body, progress,
  created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** True when it is free for any worker. */
export function addTask(tx: Tx, worker: number, task: NewTask): boolean {
  const { no, generation, eventId, instanceId, name, claimed, notBefore, crashes, body, progress } = task;
  const owner = claimed ? [worker, 1] : [null, 0];
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
      notBefore,
      crashes,
      pack(body),
      packOrNull(progress),
      tx.now,
    );
  return !claimed;
}

/** False when the attempt is stale: the row is gone, or another worker's by now. */
export function finishTask(tx: Tx, worker: number, done: FinishedTask): boolean {
  const { no, generation, eventId, attempts } = done;
  const deleted = tx.connection
    .sql("DELETE FROM tasks WHERE no = ? AND generation = ? AND event_id = ? AND worker = ? AND attempts = ?")
    .run(no, generation, eventId, worker, attempts);
  return deleted.changes === 1;
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
  if (eventId === null) tx.connection.sql("DELETE FROM tasks WHERE no = ? AND generation <= ?").run(no, generation);
  else tx.connection.sql("DELETE FROM tasks WHERE no = ? AND generation = ? AND event_id = ?").run(no, generation, eventId);
}
