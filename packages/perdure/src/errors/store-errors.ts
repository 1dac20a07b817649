import { entry } from "./entry.ts";

/** The part of the catalogue for the operator of the database. */
export const STORE_ERRORS = {
  STORE_UNAVAILABLE: entry(
    "store",
    503,
    (detail: string, next = "Perdure continues when it is back.") => `The store does not answer: ${detail}. ${next}`,
  ),
  STORE_REFUSED_DATA: entry(
    "store",
    503,
    (detail: string) =>
      `The store refuses what its last episode wrote: ${detail}. Fix the code that produces such data, or raise the limit of the store; then resume it.`,
  ),
  STORED_DATA_UNREADABLE: entry(
    "store",
    503,
    (detail: string) => `Its stored row, history or mail cannot be read: ${detail}. Restore the row, then resume it.`,
  ),
  STORE_FOLDER_MISSING: entry(
    "store",
    503,
    (path: string, folder: string) =>
      `The database file "${path}" cannot be created: there is no folder "${folder}". Create it, or choose another path.`,
  ),
  STORE_UNREADABLE: entry(
    "store",
    503,
    (path: string, why: string) =>
      `The database file "${path}" cannot be opened: ${why}. Check the path and the permissions of the file and its folder.`,
  ),
  STORE_LOG_MISSING: entry(
    "store",
    503,
    (path: string) =>
      `The log "${path}-wal" of the database file is missing. The last process that wrote was killed, so its latest work was in that file and not in "${path}". Put the log back beside it. If it is lost for good and you accept the older state, create an empty file with that name and start again.`,
  ),
  STORE_LOG_ORPHANED: entry(
    "store",
    503,
    (path: string) =>
      `There is a log "${path}-wal" without its database file "${path}", which was deleted, moved or emptied. Nothing was changed. Put the database file back; or move the log away, to begin with an empty store.`,
  ),
  STORE_LOCKED: entry(
    "store",
    503,
    (path: string) =>
      `The database file "${path}" is locked by another process that does not release it. Stop the program that holds it (a backup, a database browser), then try again.`,
  ),
  STORE_FOREIGN: entry(
    "store",
    503,
    (path: string) => `The file "${path}" is not a database of Perdure. Nothing in it was changed. Choose another path.`,
  ),
  STORE_CORRUPT: entry(
    "store",
    503,
    (path: string, why: string) =>
      `The database file "${path}" is damaged: ${why}. Restore it from a backup, or take what can be read with the "sqlite3 .recover" command.`,
  ),
  STORE_TOO_NEW: entry(
    "store",
    503,
    (path: string, found: number, known: number) =>
      `The database file "${path}" has schema version ${found}; this release knows versions up to ${known}. Start the newer release that made it.`,
  ),
  STORE_NO_WAL: entry(
    "store",
    503,
    (path: string, found: string) =>
      `The database file "${path}" cannot keep a write-ahead log that is flushed at each commit (found: ${found}). Put it on a local disk.`,
  ),
  STORE_ON_NETWORK: entry(
    "store",
    503,
    (path: string, system: string) =>
      `The database file "${path}" is on a network file system (${system}), whose locks do not protect it. Put it on a local disk.`,
  ),
  STORE_DRIVER_MISSING: entry(
    "configuration",
    500,
    (driver: string, command: string) =>
      `This store needs the package "${driver}", which is not installed here. Install it beside perdure: ${command}`,
  ),
  STORE_UNREACHABLE: entry(
    "store",
    503,
    (location: string, why: string) =>
      `The task hub at ${location} cannot be opened: ${why}. Check the address, the user and its permissions, and that the server runs.`,
  ),
  STORE_POOLER_UNFIT: entry(
    "store",
    503,
    (location: string, why: string) =>
      `The task hub at ${location} is behind a pooler in transaction mode that does not keep prepared statements (${why}): set max_prepared_statements = 200 (PgBouncer 1.21 and newer), or pool_mode = session, or connect to the server directly.`,
  ),
  STORE_SERVER_UNFIT: entry(
    "store",
    503,
    (location: string, found: string, needed: string) => `The task hub at ${location} cannot be opened: ${found}; Perdure needs ${needed}.`,
  ),
  STORE_SCHEMA_TOO_NEW: entry(
    "store",
    503,
    (location: string, found: number, known: number) =>
      `The task hub at ${location} has schema version ${found}; this release knows versions up to ${known}. Start the newer release that made it.`,
  ),
  STORE_SCHEMA_OLDER: entry(
    "store",
    503,
    (location: string, found: number, known: number) =>
      `The task hub at ${location} has ${found === 0 ? "no schema" : `schema version ${found}`}, this release has ${known}, and this command changes nothing. Use the release that the workers have, or start a worker of this one first, which brings it up to date.`,
  ),
  STORE_OTHER_RELEASE: entry(
    "store",
    503,
    (what: "database functions" | "tables", why: string) =>
      `The ${what} of this task hub are of another release of Perdure: ${why}. Nothing was written. Start this process again with the release that migrated the schema.`,
  ),
  STORE_SCHEMA_FOREIGN: entry(
    "store",
    503,
    (location: string, schema: string) =>
      `The schema "${schema}" at ${location} has tables that are not Perdure's. Nothing in it was changed. Choose another schema: ?schema=name`,
  ),
} as const;
