import type { Connection } from "./connection.ts";
import type { Pragmas } from "./writer-port.ts";

export const readPragmas = (connection: Connection): Pragmas => ({
  journalMode: String(connection.value("PRAGMA journal_mode")),
  synchronous: connection.number("PRAGMA synchronous"),
  pageSize: connection.number("PRAGMA page_size"),
  walAutocheckpoint: connection.number("PRAGMA wal_autocheckpoint"),
});
