import { test } from "node:test";
import { runKills } from "./kills.testsuite.ts";

// On PostgreSQL, with other releases of the library, and more often: kills.full.test.ts.
test("an Azure app whose only process is killed under load ends all that it accepted as if nothing had happened", async (t) => {
  await runKills(t, { release: "durable-functions", kills: 1, callers: 2, seed: 1, database: null });
});
