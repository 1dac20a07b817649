import { join } from "node:path";
import { test } from "node:test";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { freshDatabase } from "../../src/testing/postgres/databases.ts";
import { sharedPostgres, TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";
import { rollOver } from "./rolling.testsuite.ts";

const MANY = 20;
const LOAD = { replacements: MANY, callers: 4 };

test(`case 20: replacements under load, ${MANY} of them, on one SQLite file`, { timeout: 120_000 }, async (t) => {
  using folder = new Folder();
  await rollOver(t, `file:${join(folder.path, "hub.db")}`, LOAD);
});

for (const server of TEST_SERVERS) {
  test(`case 20: replacements under load, ${MANY} of them, on PostgreSQL ${server}`, { timeout: 120_000 }, async (t) => {
    await using database = await freshDatabase(await sharedPostgres(server));
    await rollOver(t, database.url, LOAD);
  });
}
