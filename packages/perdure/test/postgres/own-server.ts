import { after } from "node:test";
import { freshDatabase } from "../../src/testing/postgres/databases.ts";
import type { PostgresServer } from "../../src/testing/postgres/server.ts";
import { startPostgres } from "../../src/testing/postgres/server.ts";
import { sharedPostgres, TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";

let started: Promise<PostgresServer> | null = null;
after(async () => (await started)?.stop());

/** One for this test file, which may be stopped and killed: by one test at a time. Its queue of notifications is small. */
export function ownServer(): Promise<PostgresServer> {
  started ??= startPostgres({ version: "18", settings: { fsync: "off", max_notify_queue_pages: "64" } });
  return started;
}

/** The newest of the servers that all tests share. */
export const newestServer = () => sharedPostgres(TEST_SERVERS.at(-1) ?? "given");

/** A database on it. */
export async function sharedDatabase(): Promise<Awaited<ReturnType<typeof freshDatabase>>> {
  return freshDatabase(await newestServer());
}
