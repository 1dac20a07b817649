import type { Connection } from "./connection.ts";

/**
 * A mark by which a missing write-ahead log is noticed. The file itself says 1 ("there is a log"); the first record in the log sets that to 0. Who reads
 * both sees 0; so does a copy that SQLite makes (VACUUM INTO, the backup API), and the file after its last connection has been closed, which
 * copies the log into it. 1 is seen by those alone who have the file of an open or killed process, and not its log.
 */
const MARK = "log_must_exist";

/** Copies the log into the database, leaving the mark. Two commits of a page each, besides. */
export function copyLogWithMark(connection: Connection): void {
  setMark(connection, 1);
  try {
    framesLeft(connection, "PASSIVE");
  } finally {
    setMark(connection, 0);
  }
}

export const logMustExist = (connection: Connection): boolean => connection.number("SELECT value FROM counters WHERE name = ?", MARK) === 1;

/** Before a connection is closed, which may be the last one: a process that was killed while it copied the log has left the mark in it. */
export function clearMark(connection: Connection): void {
  if (logMustExist(connection)) setMark(connection, 0);
}

function setMark(connection: Connection, value: 0 | 1): void {
  connection.sql("INSERT OR REPLACE INTO counters (name, value) VALUES (?, ?)").run(MARK, value);
}

/** Frames of the log (pages of 4 KB) that are not in the database yet, after a checkpoint of that kind (NOOP only looks). */
export function framesLeft(connection: Connection, kind: "NOOP" | "PASSIVE"): number {
  const row = connection.sql(`PRAGMA wal_checkpoint(${kind})`).get() as { readonly log: number; readonly checkpointed: number };
  return row.log - row.checkpointed;
}
