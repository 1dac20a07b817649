import type { InstanceId } from "../../../model/ids.ts";
import type { SweepReceipt, UnreadableStart } from "../../../store/sweep.ts";
import { carryOutAccepted } from "./clients.ts";
import { targetByNo } from "./mail.ts";
import type { Tx } from "./tx.ts";

const REPLACEMENTS =
  "SELECT DISTINCT b.no, i.instance_id FROM inbox b JOIN instances i ON i.no = b.no WHERE b.kind = 'replace' AND i.completed_at IS NOT NULL";

/** Starts in place of runs that ended by themselves. */
export function startReplacements(tx: Tx): Pick<SweepReceipt, "started" | "unreadable"> {
  const unreadable: UnreadableStart[] = [];
  let started = 0;
  for (const { no, instance_id: id } of tx.connection.sql(REPLACEMENTS).all()) {
    const onUnreadable = (problem: string) => void unreadable.push({ instanceId: id as InstanceId, problem });
    if (carryOutAccepted(tx, targetByNo(tx, Number(no)), onUnreadable)) started += 1;
  }
  return { started, unreadable };
}

const KEEP = `INSERT INTO unread (no, seq, body, message_id) SELECT b.no, b.seq, b.body, b.message_id FROM inbox b
  JOIN instances i ON i.no = b.no WHERE b.kind = 'event' AND i.completed_at IS NOT NULL AND i.status = 'Failed'`;

const DROP = "DELETE FROM inbox WHERE NOT EXISTS (SELECT 1 FROM instances i WHERE i.no = inbox.no AND i.completed_at IS NULL)";

/** Empties the inboxes of what has ended, or is gone. Gives how many messages nothing will ever read. */
export function clearInboxes({ connection }: Tx): number {
  const kept = connection.sql(KEEP).run();
  return Number(connection.sql(DROP).run().changes) - Number(kept.changes);
}

const READ_AGAIN = `INSERT INTO inbox (no, seq, kind, body, message_id) SELECT no, seq, 'event', body, message_id FROM unread WHERE no = ?`;

/** To an instance that lives again come the events that it had not taken when it failed, and nothing else. */
export function readAgain({ connection }: Tx, no: number): void {
  connection.sql(`DELETE FROM inbox WHERE no = ? AND kind NOT IN ('event', 'replace')`).run(no);
  if (connection.sql(READ_AGAIN).run(no).changes > 0) connection.sql("DELETE FROM unread WHERE no = ?").run(no);
}
