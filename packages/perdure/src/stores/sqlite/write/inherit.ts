import type { StartSpec } from "../../../model/start.ts";
import { replacementId } from "../../../store/wake.ts";
import type { Tx } from "./tx.ts";

/**
 * What lies behind the message that asked for this run was sent to it, and is its mail. Answers are for one generation of one run. False: there is none.
 */
export function inherit({ connection }: Tx, from: number, to: number, { executionId }: StartSpec): boolean {
  const asked = connection.sql("SELECT seq FROM inbox WHERE no = ? AND message_id = ?").get(from, replacementId(executionId));
  if (asked === undefined) return false;
  const own = "UPDATE inbox SET no = ?, worker = NULL WHERE no = ? AND seq > ? AND generation IS NULL";
  return connection.sql(own).run(to, from, Number(asked.seq)).changes > 0;
}
