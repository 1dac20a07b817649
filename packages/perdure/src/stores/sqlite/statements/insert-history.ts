import type { Connection } from "../connection.ts";
import { pack } from "../payload-column.ts";

/**
 * Half of the cost of an episode. Single-row statements: 16 or 64 rows per statement gained 15 %, json_each lost 15 %, and both make a
 * batch's plan depend on its size.
 */
export function insertHistory(
  connection: Connection,
  no: number,
  generation: number,
  firstSeq: number,
  count: number,
  events: string,
): void {
  connection
    .sql("INSERT INTO history (no, generation, first_seq, count, events) VALUES (?, ?, ?, ?, ?)")
    .run(no, generation, firstSeq, count, pack(events));
}
