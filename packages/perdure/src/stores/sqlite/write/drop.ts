import { dropTasks } from "./tasks.ts";
import type { Tx } from "./tx.ts";

const THEIRS = "no IN (SELECT value FROM json_each(?))";

/** The rows with everything that belongs to them. */
export function dropInstances(tx: Tx, nos: readonly number[]): void {
  if (nos.length === 0) return;
  const list = JSON.stringify(nos);
  dropTasks(tx, THEIRS, list);
  for (const table of ["history", "inbox", "unread", "payloads", "instances"])
    tx.connection.sql(`DELETE FROM ${table} WHERE ${THEIRS}`).run(list);
}
