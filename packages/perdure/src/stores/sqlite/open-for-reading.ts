import { Connection } from "./connection.ts";
import type { OpenOptions } from "./opening-fault.ts";
import { openingFault } from "./opening-fault.ts";

export function openForReading(options: OpenOptions): Connection {
  try {
    const connection = new Connection(options.path, { readOnly: true, busyTimeoutMs: options.busyTimeoutMs });
    connection.db.exec("PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY");
    return connection;
  } catch (error) {
    throw openingFault(error, options.path);
  }
}
