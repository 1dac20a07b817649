import { PAST_HISTORY_SLICE } from "../../../store/limits.ts";
import type { Tx } from "./tx.ts";

/** To be called before an instance is written that may begin another generation thereby. Ordinary instances stay in their first one. */
export function noteOutgrown(tx: Tx, no: number, generation: number): void {
  if (generation > 0) tx.connection.sql(NOTE).run(no, generation);
}

const NOTE = "INSERT INTO outgrown (no) SELECT no FROM instances WHERE no = ? AND generation < ? ON CONFLICT DO NOTHING";

/** From the end of the last of them, so that what is left of a generation is the beginning of its history. */
const DROP = `DELETE FROM history WHERE rowid IN (
  SELECT rowid FROM history WHERE no = ?1 AND generation < (SELECT generation FROM instances WHERE no = ?1)
  ORDER BY generation DESC, first_seq DESC LIMIT ?2)`;

/** Histories of earlier generations, at most one slice of them. A reader of one has its own snapshot. */
export function dropPastHistory(tx: Tx): { readonly pastHistory: number; readonly more: boolean } {
  const { connection } = tx;
  const found = connection.sql("SELECT no FROM outgrown ORDER BY no LIMIT ?").all(PAST_HISTORY_SLICE) as readonly {
    readonly no?: unknown;
  }[];
  let pastHistory = 0;
  for (const { no } of found) {
    const room = PAST_HISTORY_SLICE - pastHistory;
    const dropped = Number(connection.sql(DROP).run(Number(no), room).changes);
    pastHistory += dropped;
    if (dropped === room) break; // there may be more of it
    connection.sql("DELETE FROM outgrown WHERE no = ?").run(Number(no));
  }
  return { pastHistory, more: connection.sql("SELECT 1 FROM outgrown LIMIT 1").get() !== undefined };
}
