import { withClient } from "../../../packages/perdure/src/testing/postgres/databases.ts";
import { readNumber } from "./read.ts";

const TABLE_BYTES = `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c
  WHERE c.relkind = 'r' AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`;

/** What others cost a database. */
export class CostMeter {
  readonly #database: string;
  /** Another database of the same server: transactions are counted where they run. */
  readonly #aside: string;

  constructor(databaseUrl: string) {
    this.#database = databaseUrl;
    const aside = new URL(databaseUrl);
    aside.pathname = "/postgres";
    this.#aside = aside.toString();
  }

  async vacuum(): Promise<void> {
    await withClient(this.#database, (client) => client.query("VACUUM (ANALYZE)"));
  }

  /** All tables of users with their indexes. */
  async tableBytes(): Promise<number> {
    return await withClient(this.#database, (client) => readNumber(client, TABLE_BYTES));
  }

  /** Committed since the database was made, those of its own housekeeping (autovacuum) included. An idle connection's come up to ten seconds late. */
  async transactions(): Promise<number> {
    const read = "SELECT xact_commit FROM pg_stat_database WHERE datname = $1";
    return await withClient(this.#aside, (client) =>
      readNumber(client, read, [decodeURIComponent(new URL(this.#database).pathname.slice(1))]),
    );
  }
}
