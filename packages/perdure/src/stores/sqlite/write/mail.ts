import type { InstanceNo, WorkerId } from "../../../model/ids.ts";
import type { Message } from "../../../model/message.ts";
import type { RuntimeStatus } from "../../../model/status.ts";
import type { NewTarget, OutgoingMessage } from "../../../store/commit.ts";
import type { Sent } from "../../../store/post.ts";
import { wakesStopped } from "../../../store/wake.ts";
import { insertInstance } from "../statements/insert-instance.ts";
import { insertMail } from "../statements/insert-mail.ts";
import { checkId } from "./id.ts";
import type { Tx } from "./tx.ts";

/** What a sender sees of its target. */
export interface Target {
  readonly no: InstanceNo;
  readonly owner: WorkerId | null;
  readonly wake_at: number | null;
  readonly stopped: string | null;
  readonly completed_at: number | null;
  readonly status: RuntimeStatus;
  readonly execution_id: string;
  readonly start_id: string | null;
}

const COLUMNS = "no, owner, wake_at, stopped, completed_at, status, execution_id, start_id";

export function targetByNo(tx: Tx, no: number): Target | undefined {
  return tx.connection.sql(`SELECT ${COLUMNS} FROM instances WHERE no = ?`).get(no) as Target | undefined;
}

export function targetById(tx: Tx, id: string): Target | undefined {
  return tx.connection.sql(`SELECT ${COLUMNS} FROM instances WHERE instance_id = ?`).get(id) as Target | undefined;
}

export function resolveTarget(tx: Tx, { to, orCreate }: Omit<OutgoingMessage, "message">): Target | undefined {
  const found = "no" in to ? targetByNo(tx, to.no) : targetById(tx, to.instanceId);
  return found === undefined && orCreate !== undefined ? createTarget(tx, orCreate) : found;
}

/** Asleep: it is its message that wakes it. */
function createTarget(tx: Tx, { start, status }: NewTarget): Target | undefined {
  checkId(start.instanceId);
  insertInstance(tx.connection, { no: tx.mintNo(), start, owner: null, wakeAt: null, createdAt: tx.now, first: null, status });
  return targetById(tx, start.instanceId);
}

/** One message into an inbox; an unowned target that slept becomes ready (docs/design/ownership.md 5). */
export function send(tx: Tx, target: Target | undefined, message: Message): Sent<Target> {
  if (target === undefined) return { kind: "notFound" };
  if (target.completed_at !== null) return { kind: "done" };
  const seq = insertMail(tx.connection, target.no, target.owner, message);
  return { kind: "sent", target, seq, woke: wake(tx, target, message) };
}

function wake(tx: Tx, target: Target, message: Message): boolean {
  if (target.owner !== null) return false;
  if (target.stopped !== null && !wakesStopped(message.kind)) return false;
  if (target.wake_at !== null && target.wake_at <= tx.now) return false;
  makeReady(tx, target.no);
  return true;
}

export function makeReady(tx: Tx, no: number): void {
  tx.connection.sql("UPDATE instances SET wake_at = ?, stopped = NULL WHERE no = ? AND owner IS NULL").run(tx.now, no);
}
