import { test } from "node:test";
import { freshDatabase } from "../../packages/perdure/src/testing/postgres/databases.ts";
import { sharedPostgres, TEST_SERVERS } from "../../packages/perdure/src/testing/postgres/shared-server.ts";
import { recycle } from "./recycled-machine.testsuite.ts";

/** Over a network it cannot be proven that a machine is gone: the takeover waits for its lease, 10 seconds and a little. */
for (const server of TEST_SERVERS) {
  test(`the same with three workers on PostgreSQL ${server}`, { timeout: 60_000 }, async () => {
    await using database = await freshDatabase(await sharedPostgres(server));
    await recycle(database.url, 3);
  });
}
