import { fault } from "../../../errors/perdure-error.ts";
import type { PgClient } from "../driver.ts";
import { quoted } from "../location.ts";
import { FROM_EARLIER } from "./earlier.ts";
import { FIRST_VERSION, FUNCTIONS_AND_VIEWS, MIGRATIONS } from "./index.ts";
import type { Migration } from "./migration.ts";

export interface MigrationTarget {
  readonly schema: string;
  /** For people. */
  readonly shown: string;
  /** True: what is not of this release is refused. */
  readonly asItIs?: boolean;
}

/** "Perd": the first half of the key of the advisory lock under which a schema changes; the other half is a hash of its name. */
const LOCK_CLASS = 0x50657264;

const OLDEST_SERVER = 140_000;

const OURS = [...FUNCTIONS_AND_VIEWS.join("\n").matchAll(/^ *CREATE (?:FUNCTION|VIEW) (\w+)/gm)].map(([, name]) => name);

/** By name: what people have put into the schema stays. Without CASCADE: where something of theirs depends on ours, the error says so. */
const DROP_FUNCTIONS_AND_VIEWS = `DO $$
  DECLARE
    v_ours CONSTANT text[] := '{${OURS.join()}}';
    v_drop text;
  BEGIN
    FOR v_drop IN SELECT format('DROP VIEW %s', c.oid::regclass) FROM pg_class c
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'v' AND c.relname = ANY (v_ours)
    LOOP EXECUTE v_drop; END LOOP;
    FOR v_drop IN SELECT format('DROP FUNCTION %s', p.oid::regprocedure) FROM pg_proc p
      WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = ANY (v_ours)
    LOOP EXECUTE v_drop; END LOOP;
  END $$`;

/**
 * Brings the hub's schema to this release's version. Several processes may do it at once: one migrates, the others wait for its lock and find
 * it done. A schema that is up to date is only looked at, so that a role without the right to create may open it.
 */
export async function migrate(client: PgClient, target: MigrationTarget, steps: readonly Migration[] = MIGRATIONS): Promise<void> {
  await checkServer(client, target);
  const newest = FIRST_VERSION + steps.length - 1;
  const found = await schemaVersion(client, target, newest);
  if (found === newest) return;
  if (target.asItIs === true) throw fault("STORE_SCHEMA_OLDER", target.shown, found ?? 0, newest);
  await client.query("BEGIN");
  try {
    await client.query("SET LOCAL lock_timeout = 0");
    await client.query("SET LOCAL statement_timeout = 0");
    await client.query("SELECT pg_advisory_xact_lock($1, hashtext($2))", [LOCK_CLASS, target.schema]);
    const from = await schemaVersion(client, target, newest);
    if (from === null) await createSchema(client, target);
    const name = quoted(target.schema);
    await client.query(`SET LOCAL search_path TO ${name}, pg_temp`);
    await client.query("SET LOCAL check_function_bodies = on");
    if (from !== null) await client.query(DROP_FUNCTIONS_AND_VIEWS);
    const isEarlier = from !== null && from < FIRST_VERSION;
    if (isEarlier) await client.query(FROM_EARLIER);
    const reached = isEarlier ? FIRST_VERSION : (from ?? 0);
    for (const migration of steps) {
      if (migration.version <= reached) continue;
      await client.query(migration.sql);
      await client.query("INSERT INTO migrations (version, name) VALUES ($1, $2)", [migration.version, migration.name]);
    }
    for (const sql of FUNCTIONS_AND_VIEWS) await client.query(sql);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

async function checkServer(client: PgClient, { shown }: MigrationTarget): Promise<void> {
  const { rows } = await client.query<{ version: number; encoding: string }>(
    "SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding",
  );
  const { version = 0, encoding = "" } = rows[0] ?? {};
  if (version < OLDEST_SERVER)
    throw fault("STORE_SERVER_UNFIT", shown, `the server has version ${version / 10_000}`, "PostgreSQL 14 or newer");
  if (encoding !== "UTF8") throw fault("STORE_SERVER_UNFIT", shown, `its encoding is ${encoding}`, "a database with ENCODING 'UTF8'");
}

/** Null: there is no schema yet. */
async function schemaVersion(client: PgClient, { schema, shown }: MigrationTarget, known: number): Promise<number | null> {
  const { rows } = await client.query<{ ours: boolean; objects: boolean }>(
    `SELECT to_regclass($1) IS NOT NULL AS ours, EXISTS (SELECT FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $2) AS objects`,
    [`${quoted(schema)}.migrations`, schema],
  );
  if (rows[0]?.ours !== true) {
    if (rows[0]?.objects === true) throw fault("STORE_SCHEMA_FOREIGN", shown, schema);
    return null;
  }
  const found = await client.query<{ version: number }>(`SELECT max(version) AS version FROM ${quoted(schema)}.migrations`);
  const version = found.rows[0]?.version ?? 0;
  if (version > known) throw fault("STORE_SCHEMA_TOO_NEW", shown, version, known);
  return version;
}

/** An empty schema that its administrator has made is used as it is. */
async function createSchema(client: PgClient, { schema }: MigrationTarget): Promise<void> {
  const name = quoted(schema);
  const { rows } = await client.query("SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1", [schema]);
  if (rows.length === 0) await client.query(`CREATE SCHEMA ${name}`);
  await client.query(
    `CREATE TABLE ${name}.migrations (version integer PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now())`,
  );
}
