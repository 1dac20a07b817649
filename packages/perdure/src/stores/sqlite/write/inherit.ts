import type { StartSpec } from "../../../model/start.ts";
import { replacementId } from "../../../store/wake.ts";
import type { Tx } from "./tx.ts";

const FIRST = `SELECT coalesce((SELECT seq + 1 FROM inbox WHERE no = ?1 AND message_id = ?2),
  (SELECT min(seq) FROM inbox WHERE no = ?1 AND kind = 'replace')) AS seq`;

/**
 * What lies behind the message that asked for this run was sent to it, and is its mail. Answers are for one generation of one run. Of a run that was not asked
 * for there, the mail begins with the first start that the run before it had accepted: that takes the new one's place. False: there is none.
 */
export function inherit({ connection }: Tx, from: number, to: number, { executionId }: StartSpec): boolean {
  const first = connection.sql(FIRST).get(from, replacementId(executionId))?.seq;
  if (first === undefined || first === null) return false;
  const own = "UPDATE inbox SET no = ?, worker = NULL WHERE no = ? AND seq >= ? AND generation IS NULL";
  return connection.sql(own).run(to, from, Number(first)).changes > 0;
}
