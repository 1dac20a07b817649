import { parseMessage } from "../../store/parse.ts";
import type { InboxRow } from "../../store/rows.ts";
import type { Engine } from "../engine.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import { rowMail } from "../instances/mailbox.ts";

/**
 * Rows become mail, once each. A commit may be in the store before its answer is here: then rows of its own messages look like new ones, and
 * would be delivered twice. So an instance with such messages on the way is skipped, and read again after the answer. So is one that was loaded
 * after the read had begun, or could not leave: what it has consumed since would come again.
 */
export function deliverRows(
  engine: Pick<Engine, "table" | "enqueue">,
  rows: readonly InboxRow[],
  readAt: number,
): ReadonlySet<ActiveInstance> {
  const skipped = new Set<ActiveInstance>();
  for (const row of rows) {
    const instance = engine.table.byNo(row.no);
    if (instance === undefined || instance.leaving || instance.gone || instance.mailbox.holds(row.seq)) continue;
    if (instance.mailbox.readSince > readAt) continue; // another read was asked for
    if (instance.mailbox.isUnnumbered) {
      skipped.add(instance);
      continue;
    }
    instance.mailbox.put(rowMail(parseMessage(row), row.seq));
    engine.enqueue(instance);
  }
  return skipped;
}
