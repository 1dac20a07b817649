import type { Connection } from "../connection.ts";
import { pack } from "../payload-column.ts";

/**
 * The main cost of an episode. Single-row statements: 16 or 64 rows per statement gained 15 %, json_each lost 15 %, and both make a
 * batch's plan depend on its size.
 */
const INSERT = "INSERT INTO history (no, generation, first_seq, count, events, at) VALUES (?, ?, ?, ?, ?, ?)";

/**
 * The compare-and-set of an episode that leaves its instance's row alone. The row's page is read, and not written: with 256 instances in
 * flight most pages of a commit were rows that had got a new version and nothing else.
 */
const INSERT_OWNED = `INSERT INTO history (no, generation, first_seq, count, events, at)
  SELECT ?, ?, ?, ?, ?, ? FROM instances WHERE no = ? AND owner = ? AND version = ?`;

export interface HistoryColumns {
  readonly no: number;
  readonly generation: number;
  readonly firstSeq: number;
  readonly count: number;
  readonly events: string;
  readonly at: number;
}

export function insertHistory(connection: Connection, row: HistoryColumns): void {
  const { no, generation, firstSeq, count, events, at } = row;
  connection.sql(INSERT).run(no, generation, firstSeq, count, pack(events), at);
}

/** False: the instance is not this owner's at that version. */
export function insertOwnedHistory(connection: Connection, row: HistoryColumns, owner: number, version: number): boolean {
  const { no, generation, firstSeq, count, events, at } = row;
  const done = connection.sql(INSERT_OWNED).run(no, generation, firstSeq, count, pack(events), at, no, owner, version);
  return done.changes === 1;
}
