import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

export interface FreshDatabaseOptions {
  /** The database that it is a copy of. No session may be connected to that one. Default: PostgreSQL's empty `template0`. */
  readonly template?: string;
  /** How long connections may take to be gone when it is dropped: the server needs a moment to notice that one was closed. */
  readonly graceMs?: number;
}

export interface FreshDatabase {
  readonly url: string;
  readonly name: string;
  /** Fails, with the list of them, when connections are left open on the database. It is gone in any case. */
  drop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const GRACE_MS = 1_500;
const LOOK_EVERY_MS = 10;

/** A database of a test's own on that server. About 50 ms to make and 10 to 100 ms to drop. */
export async function freshDatabase(server: { readonly url: string }, options: FreshDatabaseOptions = {}): Promise<FreshDatabase> {
  const name = `perdure_test_${randomBytes(8).toString("hex")}`;
  await withClient(server.url, async (client) => {
    // Copying 8 MB of files costs the server 8 ms, and the default, which writes them to its log, 30.
    const strategy = (await hasStrategies(client)) ? " STRATEGY file_copy" : "";
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${options.template ?? "template0"}${strategy}`);
  });
  const drop = () => withClient(server.url, (client) => dropUnused(client, name, options.graceMs ?? GRACE_MS));
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return { url: url.href, name, drop, [Symbol.asyncDispose]: drop };
}

/** Older servers copy files, and know no word for it. */
async function hasStrategies(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ readonly number: number }>("SELECT current_setting('server_version_num')::int AS number");
  return (rows[0]?.number ?? 0) >= 150_000;
}

/** Runs with a connection of its own, which is closed at the end. */
export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: "perdure test harness" });
  client.on("error", () => {}); // the server may be stopped under it; the query says so
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => {}); // cut by the server
  }
}

async function dropUnused(client: Client, name: string, graceMs: number): Promise<void> {
  const deadline = performance.now() + graceMs;
  let left = await connectionsOf(client, name);
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(LOOK_EVERY_MS);
    left = await connectionsOf(client, name);
  }
  await client.query(`DROP DATABASE IF EXISTS ${name}${left.length > 0 ? " WITH (FORCE)" : ""}`);
  if (left.length > 0) throw new Error(`${left.length} connections are left open on ${name}:\n${left.join("\n")}`);
}

/** Connections of clients: the server's own workers let a DROP wait by themselves. */
async function connectionsOf(client: Client, name: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ readonly connection: string }>(
    `SELECT jsonb_build_object('pid', pid, 'application', application_name, 'state', state, 'wait', wait_event, 'since', state_change,
       'query', left(query, 200))::text AS connection
     FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend' ORDER BY backend_start`,
    [name],
  );
  return rows.map((row) => row.connection);
}
