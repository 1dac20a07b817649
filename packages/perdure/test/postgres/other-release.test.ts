import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_WORKER_SETTINGS } from "../../src/engine/options.ts";
import { activity } from "../../src/functions/activity.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { openPostgresStore } from "../../src/stores/postgres/open-postgres.ts";
import { LAYOUT_NUMBER } from "../../src/stores/postgres/wire/layouts.ts";
import { TaskHub } from "../../src/task-hub/task-hub.ts";
import { withClient } from "../../src/testing/postgres/databases.ts";
import { TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";
import { START_OF_TIME } from "../../src/testing/store-conformance/fixture.ts";
import { append, event, Hand, id, spec, toNo } from "../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "../stores/postgres/fixture.testsuite.ts";

const OTHER_LAYOUT = LAYOUT_NUMBER + 1;

/** Puts functions that take rows of another layout in place of those of the schema, as a migration of another release does. */
async function replaceLayout(url: string, from: number, to: number): Promise<void> {
  await withClient(url.split("?")[0]!, async (client) => {
    const { rows } = await client.query<{ definition: string }>(
      "SELECT pg_get_functiondef(p.oid) AS definition FROM pg_proc p WHERE p.pronamespace = $1::regnamespace AND p.prosrc LIKE $2",
      [new URL(url).searchParams.get("schema"), `%${from}%`],
    );
    assert.ok(rows.length > 0);
    for (const { definition } of rows) await client.query(definition.replaceAll(String(from), String(to)));
  });
}

async function renameFunction(url: string, name: string): Promise<void> {
  await withClient(url.split("?")[0]!, async (client) => {
    await client.query(`ALTER FUNCTION "${new URL(url).searchParams.get("schema")}".${name} RENAME TO ${name}_of_another_release`);
  });
}

const REFUSED = { code: "STORE_OTHER_RELEASE", message: /of another release of Perdure: .*Nothing was written\. Start this process again/ };

for (const server of TEST_SERVERS) {
  describe(`postgres ${server}: a schema that another release has migrated`, { timeout: 60_000 }, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    test("calls that bring rows of another layout are refused before they write anything, and so is a join", async () => {
      const url = await database.freshUrl();
      const store = await openPostgresStore({ url, now: () => START_OF_TIME });
      try {
        const hand = await Hand.join(store, {});
        const [no] = await hand.own("i");
        await replaceLayout(url, LAYOUT_NUMBER, OTHER_LAYOUT);
        const before = await store.dump();
        await assert.rejects(hand.commit({ history: [append(no!, 0, 1, "[1]")], messages: [toNo(no!, event("e"))] }), REFUSED);
        await assert.rejects(store.start({ start: spec("other"), onExisting: "error" }), REFUSED);
        await assert.rejects(store.deliver({ instanceId: id("i"), message: event("e") }), REFUSED);
        await assert.rejects(Hand.join(store, {}), REFUSED);
        assert.deepEqual(await store.dump(), before);
        await replaceLayout(url, OTHER_LAYOUT, LAYOUT_NUMBER);
        await hand.commit({ history: [append(no!, 0, 1, "[1]")] });
      } finally {
        await store.close();
      }
    });

    test("a function that is not there any more is the same refusal", async () => {
      const url = await database.freshUrl();
      const store = await openPostgresStore({ url });
      try {
        const hand = await Hand.join(store, {});
        const [no] = await hand.own("i");
        await renameFunction(url, "commit_batch");
        await assert.rejects(hand.commit({ history: [append(no!, 0, 1, "[1]")] }), REFUSED);
      } finally {
        await store.close();
      }
    });
  });
}

describe("a schema of another release while a worker runs", { timeout: 60_000 }, () => {
  const database = new TestDatabase(TEST_SERVERS.at(-1)!);
  after(() => database.drop());

  test("a worker writes nothing while the schema is of another release, and continues when it is of its own again", async () => {
    const url = await database.freshUrl();
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    const work = activity("Work", async () => {
      await held;
      return 7;
    });
    const works = orchestrator("works", (ctx) => ctx.callActivity(work, undefined));
    await using hub = await TaskHub.open(url, { functions: [work, works] });
    await hub.start();
    const handle = await hub.client.startNew(works, { instanceId: "one" });
    await hub.client.waitForStart("one");
    await replaceLayout(url, LAYOUT_NUMBER, OTHER_LAYOUT);
    release();
    await assert.rejects(hub.client.startNew(works, { instanceId: "two" }), { code: "STORE_OTHER_RELEASE" });
    assert.equal((await hub.client.getStatus("one"))?.runtimeStatus, "Running");
    assert.equal(await hub.client.getStatus("two"), null);
    const began = performance.now();
    await replaceLayout(url, OTHER_LAYOUT, LAYOUT_NUMBER);
    assert.equal(await handle.result({ timeout: "40s" }), 7);
    assert.ok(performance.now() - began < DEFAULT_WORKER_SETTINGS.leaseMs / 2, "it waited for the end of its own lease");
  });

  test("a worker that is refused gives back what it owns at once, and ends without delay", async () => {
    const url = await database.freshUrl();
    const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent("Go"));
    const hub = await TaskHub.open(url, { functions: [waits] });
    const watch = await openPostgresStore({ url });
    try {
      await hub.start();
      await hub.client.startNew(waits, { instanceId: "one" });
      await hub.client.waitForStart("one");
      await replaceLayout(url, LAYOUT_NUMBER, OTHER_LAYOUT);
      await assert.rejects(hub.client.startNew(waits, { instanceId: "two" }), { code: "STORE_OTHER_RELEASE" });
      const given = async () => (await watch.dump()).instances.every(({ owner }) => owner === null);
      for (const end = performance.now() + 5_000; !(await given()); await sleep(20)) assert.ok(performance.now() < end, "it keeps them");
      assert.deepEqual((await watch.readWorkers()).workers, []);
    } finally {
      const began = performance.now();
      await hub.close();
      assert.ok(performance.now() - began < 3_000, `it ended after ${performance.now() - began} ms`);
      await watch.close();
    }
  });
});
