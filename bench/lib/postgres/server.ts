import { mkdirSync } from "node:fs";
import { OFFERED_VERSIONS } from "../../../packages/perdure/src/testing/postgres/binaries.ts";
import { withClient } from "../../../packages/perdure/src/testing/postgres/databases.ts";
import { startPostgres } from "../../../packages/perdure/src/testing/postgres/server.ts";
import { measureCommits } from "../floor.ts";
import { DATA } from "../paths.ts";

/** A PostgreSQL that benchmarks run on: our own, or one that the command line names. */
export interface BenchServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Null: the newest version that npm has for this machine, with PostgreSQL's defaults, on the disk that holds the repository. */
export async function openServer(url: string | null): Promise<BenchServer> {
  if (url !== null) return { url, stop: async () => {} };
  const version = OFFERED_VERSIONS.at(-1);
  if (version === undefined) throw new Error("npm has no PostgreSQL for this machine: name one with --store postgres://…");
  mkdirSync(DATA, { recursive: true });
  return await startPostgres({ version, parent: DATA });
}

/** What the server can do: one row per transaction on one connection, one after another, nothing else. */
export async function measurePostgresFloor(url: string): Promise<number> {
  return await withClient(url, async (client) => {
    await client.query("CREATE TABLE floor (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL)");
    const insert = { name: "floor", text: "INSERT INTO floor (text) VALUES ($1)", values: ["x".repeat(100)] };
    return await measureCommits(() => client.query(insert));
  });
}
