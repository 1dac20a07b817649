import { fault } from "../../errors/perdure-error.ts";
import { Connection } from "./connection.ts";
import { logMustExist } from "./log-mark.ts";
import type { OpenOptions } from "./opening-fault.ts";
import { openingFault } from "./opening-fault.ts";
import { preparePlace } from "./place.ts";
import { migrate } from "./schema/migrate.ts";

/**
 * Pages of 4 KB: a small commit writes four or five of them to the log, and its time is the flush (0.10 of 0.135 ms). Against them, 8 KB won
 * 7 % in batches of 256 and lost 13 % in small commits; 2 KB lost 15 % in batches and won nothing. The log starts over after 16 MB
 * (checkpointer.ts; 64 MB if that fails) and is overwritten in place from then on, which halves the flush (0.18 ms while the file grows,
 * 0.09 ms after).
 */
const PRAGMAS = `PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16000;
  PRAGMA journal_size_limit = 67108864`;

/** Opens the file for writing, makes the file and its tables, and checks that what it promises is so. */
export function openForWriting(options: OpenOptions): Connection {
  const { hadLog } = preparePlace(options.path);
  const connection = openAgain(options);
  try {
    if (!hadLog && logMustExist(connection)) throw fault("STORE_LOG_MISSING", options.path);
    return connection;
  } catch (error) {
    connection.close();
    throw openingFault(error, options.path);
  }
}

/** Opens a file that this process had open before: a new one is never made in its place. */
export function openAgain(options: OpenOptions): Connection {
  const { path } = options;
  let connection: Connection | null = null;
  try {
    connection = new Connection(path, { readOnly: false, busyTimeoutMs: options.busyTimeoutMs });
    const mode = connection.value("PRAGMA journal_mode = WAL");
    if (mode !== "wal") throw fault("STORE_NO_WAL", path, String(mode));
    connection.db.exec(`PRAGMA synchronous = FULL; ${PRAGMAS}`);
    if (connection.number("PRAGMA synchronous") !== 2) throw fault("STORE_NO_WAL", path, "synchronous is not FULL");
    migrate(connection, options);
    return connection;
  } catch (error) {
    connection?.close();
    throw openingFault(error, path);
  }
}
