import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Client } from "pg";
import { withClient } from "../../testing/postgres/databases.ts";
import { TEST_SERVERS } from "../../testing/postgres/shared-server.ts";
import { append, Hand } from "../../testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";
import { openPostgresStore } from "./open-postgres.ts";
import { MIGRATIONS } from "./schema/index.ts";
import { migrate } from "./schema/migrate.ts";

const NEXT = { version: MIGRATIONS.length + 1, name: "next", sql: "ALTER TABLE workers ADD COLUMN added text" };

for (const server of TEST_SERVERS) {
  describe(`postgres ${server}: a schema that the next release migrates`, { timeout: 60_000 }, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    test("tables are changed, functions and views are created again, an open worker of the same layout continues", async () => {
      const url = await database.freshUrl();
      const schema = new URL(url).searchParams.get("schema") ?? "";
      const store = await openPostgresStore({ url });
      try {
        const hand = await Hand.join(store, {});
        const [no] = await hand.own("i");
        await hand.commit({ history: [append(no!, 0, 1, "[1]")] });
        await withClient(url.split("?")[0]!, async (client) => {
          await client.query(`SET search_path TO "${schema}"`);
          await client.query(
            "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 7'; CREATE VIEW mine_too AS SELECT worker FROM workers",
          );
          const before = await functionsOf(client);
          await migrate(client, { schema, shown: "here" }, [...MIGRATIONS, NEXT]);
          assert.deepEqual(await functionsOf(client), before);
          await client.query("SELECT added, mine() FROM workers, mine_too, instance_list, worker_list, open_tasks");
        });
        await hand.commit({ history: [append(no!, 1, 1, "[2]")] });
        assert.equal((await store.load([no!]))[0]?.history.length, 2);
      } finally {
        await store.close();
      }
    });
  });
}

async function functionsOf(client: Client): Promise<readonly unknown[]> {
  const { rows } = await client.query(
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace ORDER BY 1, 2",
  );
  return rows;
}
