import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { TaskHub } from "../../src/task-hub/task-hub.ts";
import { withClient } from "../../src/testing/postgres/databases.ts";
import { TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";
import { TestDatabase } from "../stores/postgres/fixture.testsuite.ts";

const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent<number>("Go"));
const functions = [waits];

for (const server of TEST_SERVERS) {
  describe(`postgres ${server}: inside a transaction of the caller`, { timeout: 60_000 }, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    test("a start and an event exist exactly if the caller's transaction commits", async () => {
      const url = await database.freshUrl();
      await using hub = await TaskHub.open(url, { functions });
      await hub.start();
      const { client } = hub;
      await withClient(url.split("?")[0]!, async (transaction) => {
        await transaction.query("CREATE TABLE IF NOT EXISTS orders (id text PRIMARY KEY)");
        await transaction.query("BEGIN");
        await transaction.query("INSERT INTO orders VALUES ('lost')");
        await client.startNew(waits, { instanceId: "lost", transaction });
        await transaction.query("ROLLBACK");
        assert.equal(await client.getStatus("lost"), null);

        await transaction.query("BEGIN");
        const kept = await client.startNew(waits, { instanceId: "kept", transaction });
        await client.raiseEvent("kept", "Go", 7, { transaction });
        assert.equal(await client.getStatus("kept"), null, "no other session sees it yet");
        await transaction.query("COMMIT");
        assert.equal(await kept.result({ timeout: "20s" }), 7);

        const other = await client.startNew(waits, { instanceId: "other" });
        await client.waitForStart("other");
        await transaction.query("BEGIN");
        await client.raiseEvent("other", "Go", 1, { transaction });
        await transaction.query("ROLLBACK");
        await other.raiseEvent("Go", 2);
        assert.equal(await other.result({ timeout: "20s" }), 2);
      });
    });

    test("an id that is taken is a conflict, and the caller's transaction continues", async () => {
      const url = await database.freshUrl();
      await using hub = await TaskHub.open(url, { functions });
      await hub.client.startNew(waits, { instanceId: "taken" });
      await withClient(url.split("?")[0]!, async (transaction) => {
        await transaction.query("BEGIN");
        await assert.rejects(hub.client.startNew(waits, { instanceId: "taken", transaction }), { code: "INSTANCE_EXISTS" });
        await assert.rejects(hub.client.raiseEvent("nobody", "Go", 1, { transaction }), { code: "INSTANCE_NOT_FOUND" });
        await hub.client.startNew(waits, { instanceId: "free", transaction });
        await transaction.query("COMMIT");
        assert.equal((await hub.client.getStatus("free"))?.runtimeStatus, "Pending");
      });
    });
  });
}

test("a store without transactions says so", async () => {
  await using hub = await TaskHub.open("memory:", { functions });
  const transaction = { query: () => Promise.resolve({ rows: [] }) };
  await assert.rejects(hub.client.startNew(waits, { transaction }), { code: "TRANSACTION_UNSUPPORTED" });
  await assert.rejects(hub.client.raiseEvent("i", "Go", 1, { transaction }), { code: "TRANSACTION_UNSUPPORTED" });
});
