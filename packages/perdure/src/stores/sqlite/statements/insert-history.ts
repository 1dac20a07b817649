import type { Connection } from "../connection.ts";
import { pack } from "../payload-column.ts";
import type { HistoryRow } from "../write/wire-commit.ts";

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

export function insertHistory(connection: Connection, row: HistoryRow): void {
  const { no, generation, firstSeq, count, events, at } = row;
  connection.sql(INSERT).run(no, generation, firstSeq, count, pack(events), at);
}

/** False: the instance is not this owner's at the expected version. */
export function insertOwnedHistory(connection: Connection, row: HistoryRow, owner: number): boolean {
  const { no, expectedVersion, generation, firstSeq, count, events, at } = row;
  const done = connection.sql(INSERT_OWNED).run(no, generation, firstSeq, count, pack(events), at, no, owner, expectedVersion);
  return done.changes === 1;
}
