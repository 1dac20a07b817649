import { test } from "node:test";
import { freshDatabase } from "../../src/testing/postgres/databases.ts";
import { sharedPostgres, TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";
import { runKills } from "./kills.testsuite.ts";
import { RELEASES } from "./testing/releases.ts";

const KILLS = 12;

for (const [at, release] of RELEASES.entries()) {
  test(`${release}: the only process of an Azure app is killed ${KILLS} times under load, on a file`, async (t) => {
    await runKills(t, { release, kills: KILLS, callers: 6, seed: 10 + at, database: null });
  });

  for (const server of TEST_SERVERS) {
    test(`${release}: one of three workers of an Azure app is killed ${KILLS} times under load, on PostgreSQL ${server}`, async (t) => {
      await using database = await freshDatabase(await sharedPostgres(server));
      await runKills(t, { release, kills: KILLS, callers: 6, seed: 20 + at, database: database.url });
    });
  }
}
