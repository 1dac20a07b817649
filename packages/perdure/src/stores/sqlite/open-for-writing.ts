import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fault, faultFrom } from "../../errors/perdure-error.ts";
import { Connection } from "./connection.ts";
import { migrate } from "./migrations/migrate.ts";
import type { OpenOptions } from "./opening-fault.ts";
import { openingFault } from "./opening-fault.ts";

/**
 * Pages of 4 KB: a small commit writes four or five of them to the log, and its time is the flush (0.10 of 0.135 ms). Against them, 8 KB won
 * 7 % in batches of 256 and lost 13 % in small commits; 2 KB lost 15 % in batches and won nothing. The log starts over after 16 MB
 * (checkpointer.ts; 64 MB if that fails) and is overwritten in place from then on, which halves the flush (0.18 ms while the file grows,
 * 0.09 ms after).
 */
const PRAGMAS = `PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16000;
  PRAGMA journal_size_limit = 67108864`;

/** Opens the file for writing, makes the tables, and checks that what it promises is so. */
export function openForWriting(options: OpenOptions): Connection {
  const { path } = options;
  refuseBadPlaces(path);
  let connection: Connection | null = null;
  try {
    connection = new Connection(path, { readOnly: false, busyTimeoutMs: options.busyTimeoutMs });
    const mode = connection.value("PRAGMA journal_mode = WAL");
    if (mode !== "wal") throw fault("STORE_NO_WAL", path, String(mode));
    connection.db.exec(`PRAGMA synchronous = FULL; ${PRAGMAS}`);
    if (connection.number("PRAGMA synchronous") !== 2) throw fault("STORE_NO_WAL", path, "synchronous is not FULL");
    migrate(connection, path);
    return connection;
  } catch (error) {
    connection?.close();
    throw openingFault(error, path);
  }
}

/** File systems of other machines (statfs magic numbers): their locks and shared memory do not hold what SQLite's log needs. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
]);

function refuseBadPlaces(path: string): void {
  const folder = dirname(path);
  let isFolder = false;
  try {
    isFolder = statSync(folder).isDirectory();
  } catch (error) {
    throw faultFrom(error, "STORE_FOLDER_MISSING", path, folder);
  }
  if (!isFolder) throw fault("STORE_FOLDER_MISSING", path, folder);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw fault("STORE_UNREADABLE", path, "it is a directory");
  const network = NETWORK_FILE_SYSTEMS.get(statfsSync(folder).type >>> 0);
  if (network !== undefined) throw fault("STORE_ON_NETWORK", path, network);
}
