import { fault } from "../../../errors/perdure-error.ts";
import type { Connection } from "../connection.ts";
import type { OpenOptions } from "../opening-fault.ts";
import { FROM_EARLIER } from "./earlier.ts";
import { FIRST_VERSION, MIGRATIONS, SCHEMA_VERSION } from "./index.ts";

/** "Perd" in ASCII: by this a file says that it is ours (sqlite.org/pragma.html#pragma_application_id). */
export const APPLICATION_ID = 0x50657264;

/** Brings the file to this release's schema. Several processes may do it at once: the version is read again under the lock. */
export function migrate(connection: Connection, { path, asItIs = false }: Pick<OpenOptions, "path" | "asItIs">): void {
  const found = schemaVersion(connection, path);
  if (found === SCHEMA_VERSION) return;
  if (asItIs) throw fault("STORE_SCHEMA_OLDER", path, found, SCHEMA_VERSION);
  connection.db.exec("BEGIN IMMEDIATE");
  try {
    for (const sql of stepsFrom(schemaVersion(connection, path))) connection.db.exec(sql);
    connection.db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
  } catch (error) {
    if (connection.db.isTransaction) connection.db.exec("ROLLBACK");
    throw error;
  }
}

/** Version 0: there are no tables yet. */
function stepsFrom(version: number): readonly string[] {
  const earlier: string[] = [];
  if (version > 0) for (let at = version; at < FIRST_VERSION; at += 1) earlier.push(FROM_EARLIER[at] ?? "");
  const reached = version > 0 ? Math.max(version, FIRST_VERSION) : 0;
  return [...earlier, ...MIGRATIONS.filter((step) => step.version > reached).map(({ sql }) => sql)];
}

function schemaVersion(connection: Connection, path: string): number {
  const version = connection.number("PRAGMA user_version");
  const isOurs = connection.number("PRAGMA application_id") === APPLICATION_ID;
  const isEmpty = connection.number("SELECT count(*) FROM sqlite_schema") === 0;
  if (!isOurs && !isEmpty) throw fault("STORE_FOREIGN", path);
  if (version > SCHEMA_VERSION) throw fault("STORE_TOO_NEW", path, version, SCHEMA_VERSION);
  return isOurs ? version : 0;
}
