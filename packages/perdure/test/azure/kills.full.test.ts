import { test } from "node:test";
import { freshDatabase } from "../../src/testing/postgres/databases.ts";
import { sharedPostgres, TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";
import { runKills } from "./kills.testsuite.ts";
import { RELEASES } from "./testing/releases.ts";

for (const [at, release] of RELEASES.entries()) {
  const isNewest = release === "durable-functions";
  const options = { release, kills: isNewest ? 12 : 4, callers: 3 };

  test(`${release}: the only process of an Azure app is killed ${options.kills} times under load, on a file`, async (t) => {
    await runKills(t, { ...options, seed: 10 + at, database: null });
  });

  for (const server of isNewest ? TEST_SERVERS : TEST_SERVERS.slice(0, 1)) {
    test(`${release}: one of three workers of an Azure app is killed ${options.kills} times under load, on PostgreSQL ${server}`, async (t) => {
      await using database = await freshDatabase(await sharedPostgres(server));
      await runKills(t, { ...options, seed: 20 + at, database: database.url });
    });
  }
}
