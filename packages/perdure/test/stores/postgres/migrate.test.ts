import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Client } from "pg";
import { eventId } from "../../../src/model/ids.ts";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { FIRST_VERSION, MIGRATIONS } from "../../../src/stores/postgres/schema/index.ts";
import { migrate } from "../../../src/stores/postgres/schema/migrate.ts";
import { withClient } from "../../../src/testing/postgres/databases.ts";
import { EVERY_SERVER } from "../../../src/testing/postgres/shared-server.ts";
import { append, birth, ending, Hand, id, spec } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

const NEXT = { version: FIRST_VERSION + MIGRATIONS.length, name: "next", sql: "ALTER TABLE workers ADD COLUMN added text" };

/** The way back, as far as tables go. */
const AS_SCHEMA_9 = `
  DROP TABLE kept_mail, unread, audit;
  DROP VIEW instance_list, open_tasks;
  DROP INDEX instances_open;
  ALTER TABLE tasks DROP COLUMN slot, DROP COLUMN slot_limit;
  ALTER TABLE instances DROP COLUMN parent_no, DROP COLUMN ended_as;
  ALTER TABLE instances RENAME COLUMN stopped TO parked;
  ALTER INDEX instances_stopped RENAME TO instances_parked;
  ALTER TABLE instances DROP COLUMN poison_code_versions, DROP COLUMN start_id;
  DROP INDEX tasks_free, tasks_suspect;
  ALTER TABLE tasks RENAME COLUMN crashes TO alone;
  ALTER TABLE tasks ALTER COLUMN alone TYPE boolean USING alone > 0;
  CREATE INDEX tasks_free ON tasks (name_key, not_before) WHERE worker IS NULL AND NOT alone;
  CREATE INDEX tasks_alone ON tasks (name_key, not_before) WHERE worker IS NULL AND alone;
  CREATE VIEW instance_list AS SELECT instance_id, parked FROM instances;
  CREATE VIEW open_tasks AS SELECT name, alone FROM tasks;
  CREATE FUNCTION unpark_one(bigint) RETURNS int LANGUAGE sql AS 'SELECT 1';
  DROP VIEW worker_list;
  ALTER TABLE workers DROP COLUMN functions, ADD COLUMN orchestrators text[] NOT NULL DEFAULT '{shipOrder}', ADD COLUMN activities text[] NOT NULL DEFAULT '{pack}';
  DELETE FROM migrations;
  INSERT INTO migrations (version, name) VALUES (1, 'tables');
  INSERT INTO migrations (version, name) SELECT n, 'step ' || n FROM generate_series(2, 9) n;
`;

/** The same for the numbers that came between. */
const AS_SCHEMA_2 = `
  DROP TABLE kept_mail, unread, audit;
  DROP VIEW instance_list, worker_list, open_tasks;
  DROP INDEX instances_open;
  ALTER TABLE tasks DROP COLUMN slot, DROP COLUMN slot_limit;
  ALTER TABLE instances DROP COLUMN parent_no, DROP COLUMN ended_as;
  ALTER TABLE instances RENAME COLUMN poison_code_versions TO convicted_by;
  DELETE FROM migrations;
  INSERT INTO migrations (version, name) VALUES (1, 'initial'), (2, 'worker-functions');
`;

const EARLIER = [
  { name: "schema 9", sql: AS_SCHEMA_9, stopped: "parked" },
  { name: "schema 2 of the second numbering", sql: AS_SCHEMA_2, stopped: "stopped" },
];

for (const server of EVERY_SERVER) {
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
          const asItIs = { schema, shown: "here", asItIs: true };
          await migrate(client, asItIs);
          await assert.rejects(migrate(client, asItIs, [...MIGRATIONS, NEXT]), { code: "STORE_SCHEMA_OLDER" });
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

    for (const { name, sql, stopped } of EARLIER)
      test(`the tables of ${name} become those of this release, with what is in them`, async () => {
        const url = await database.freshUrl();
        const schema = new URL(url).searchParams.get("schema") ?? "";
        const first = await openPostgresStore({ url });
        const hand = await Hand.join(first, {});
        const [no] = await hand.own("i");
        const [childNo] = await hand.numbers(1);
        const parent = { no: no!, instanceId: id("i"), name: "shipOrder", generation: 0, taskId: eventId(1) };
        await hand.commit({
          history: [append(no!, 0, 1, "[1]")],
          creates: [birth(childNo!, "child", { start: spec("child", { parent }) })],
        });
        await hand.commit({ updates: [{ ...ending(childNo!, 0), status: "Failed" }] });
        await first.close();
        await withClient(url.split("?")[0]!, async (client) => {
          await client.query(`SET search_path TO "${schema}"`);
          await client.query(sql);
          await client.query(
            `UPDATE instances SET owner = NULL, ${stopped} = '{"code":"STUCK","message":"It waits","at":6,"codeMayCure":true}'`,
          );
        });
        const store = await openPostgresStore({ url });
        try {
          assert.equal((await store.getInstance(id("i")))?.stopped?.code, "STUCK");
          assert.equal((await store.readHistory(id("i"))).length, 1);
          const any = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null, limit: 10, continuation: null };
          for (const query of [{ parent: no! }, { statuses: ["Failed" as const] }, { orderBy: "ended" as const }])
            assert.deepEqual(
              (await store.query({ ...any, ...query })).rows.map((row) => row.instanceId),
              ["child"],
              JSON.stringify(query),
            );
          assert.deepEqual(
            (await store.query({ ...any, open: true })).rows.map((row) => row.instanceId),
            ["i"],
          );
          const { workers } = await store.readWorkers();
          assert.deepEqual(workers[0]?.functions, { orchestrator: ["shipOrder"], activity: ["pack"], entity: [] });
          const again = await Hand.join(store, {});
          const [other] = await again.own("j");
          await again.commit({ history: [append(other!, 0, 1, "[1]")] });
          await withClient(url.split("?")[0]!, async (client) => {
            await client.query(`SET search_path TO "${schema}"`);
            const { rows } = await client.query("SELECT version, name FROM migrations ORDER BY version");
            assert.deepEqual(
              rows,
              MIGRATIONS.map(({ version, name }) => ({ version, name })),
            );
            const left = await client.query("SELECT FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname ~ 'park'");
            assert.equal(left.rows.length, 0);
            await client.query("SELECT FROM instance_list, worker_list, open_tasks");
          });
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
