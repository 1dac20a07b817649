import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import type { FreshDatabase } from "../../../src/testing/postgres/databases.ts";
import { freshDatabase } from "../../../src/testing/postgres/databases.ts";
import type { TestServerName } from "../../../src/testing/postgres/shared-server.ts";
import { sharedPostgres } from "../../../src/testing/postgres/shared-server.ts";
import type { StoreFixture } from "../../../src/testing/store-conformance/fixture.ts";
import { openShared } from "../../../src/testing/store-conformance/fixture.ts";

/** So many are left alone before they are used again: the notifications of the last test on them, which outlive it, are heard by none. */
const RESTING = 4;

/** What empties a schema of everything but its version: rows, and where its numbers begin. Store time comes from the rows too. */
const EMPTYING = `SELECT string_agg(CASE relkind WHEN 'r' THEN format('DELETE FROM %s', oid::regclass)
    ELSE format('SELECT setval(%L, seqstart, false) FROM pg_sequence WHERE seqrelid = %s', oid::regclass, oid) END, '; ') AS statements
  FROM pg_class WHERE relnamespace = to_regnamespace($1) AND (relkind = 'S' OR relkind = 'r' AND relname <> 'migrations')`;

/** A schema of its own for each test, in one database for all of them: 60 ms against 120 ms for a copy of a template database. */
export class TestDatabase {
  readonly #server: TestServerName;
  #database: Promise<FreshDatabase> | null = null;
  #cleaner: Promise<Client> | null = null;
  readonly #free: string[] = [];

  constructor(server: TestServerName) {
    this.#server = server;
  }

  async freshUrl(): Promise<string> {
    this.#database ??= sharedPostgres(this.#server).then((server) => freshDatabase(server));
    const url = new URL((await this.#database).url);
    url.searchParams.set("schema", `hub_${randomBytes(6).toString("hex")}`);
    return url.href;
  }

  /** As {@link freshUrl}, or a schema that was given back and is emptied: that costs the server 2 ms in place of 40. */
  async emptyUrl(): Promise<string> {
    const url = this.#free.length > RESTING ? this.#free.shift() : undefined;
    if (url === undefined) return this.freshUrl();
    this.#cleaner ??= connected(url.split("?")[0] ?? "");
    const cleaner = await this.#cleaner;
    const { rows } = await cleaner.query<{ readonly statements: string }>(EMPTYING, [new URL(url).searchParams.get("schema")]);
    await cleaner.query(rows[0]?.statements ?? "");
    return url;
  }

  giveBack(url: string): void {
    this.#free.push(url);
  }

  /** Fails when a connection was left open. */
  async drop(): Promise<void> {
    await (await this.#cleaner)?.end();
    await (await this.#database)?.drop();
  }
}

async function connected(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  return client;
}

export const postgresFixture = (server: TestServerName, database: TestDatabase): StoreFixture => ({
  name: `postgres ${server}`,
  async open(clock) {
    const url = await database.emptyUrl();
    return openShared(
      () => openPostgresStore({ url, now: () => clock.now }),
      () => database.giveBack(url),
    );
  },
});
