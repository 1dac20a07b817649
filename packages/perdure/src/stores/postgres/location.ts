import { fault } from "../../errors/perdure-error.ts";
import { withoutSecrets } from "../../errors/without-secrets.ts";

/** Where a task hub lies: a database, and one schema in it. */
export interface Location {
  /** For the driver: with the password, without our own parameters. */
  readonly connectionString: string;
  readonly schema: string;
  /** For people and logs: without the password. */
  readonly shown: string;
}

const DEFAULT_SCHEMA = "perdure";

/** Short enough for the names that are made from it (PostgreSQL cuts at 63 bytes); "pg_…" is PostgreSQL's own. */
const SCHEMA_NAME = /^(?!pg_)[A-Za-z_][A-Za-z0-9_-]{0,49}$/;

/** `postgres://user:password@host:port/database?schema=name`; other parameters are the driver's. */
export function parseLocation(url: string, schemaOption?: string): Location {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw fault("STORE_URL_INVALID", withoutSecrets(url));
  }
  const schema = schemaOption ?? parsed.searchParams.get("schema") ?? DEFAULT_SCHEMA;
  if (!SCHEMA_NAME.test(schema)) {
    throw fault("OPTION_INVALID", "the store's URL", "schema", schema, 'a name of up to 50 letters, digits, "_" and "-", not "pg_…"');
  }
  parsed.searchParams.delete("schema");
  const connectionString = parsed.toString();
  parsed.search = "";
  parsed.password = "";
  parsed.searchParams.set("schema", schema);
  return { connectionString, schema, shown: parsed.toString() };
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
