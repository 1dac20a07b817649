import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { withClient } from "../../../src/testing/postgres/databases.ts";
import { openPostgresProxy } from "../../../src/testing/postgres/proxy.ts";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { append, birth, Hand, id, keysOf, refused, update } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

for (const server of TEST_SERVERS) {
  describe(`postgres ${server}: answers that do not come`, { timeout: 60_000 }, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    test("a commit whose connection is terminated: unknown, and not its own doing; the new fence and the marker say that it was not written", async () => {
      const url = await database.freshUrl();
      const schema = new URL(url).searchParams.get("schema");
      const store = await openPostgresStore({ url });
      try {
        const hand = await Hand.join(store, {});
        const [no] = await hand.own("i");
        const batch = hand.batch({ history: [append(no!, 0, 1, "[1]")], updates: [update(no!, 0)] });
        await withClient(url.split("?")[0]!, async (other) => {
          await other.query("BEGIN");
          await other.query(`LOCK TABLE "${schema}".batches IN SHARE MODE`); // the commit has written everything else when it waits here
          const committing = store.commit(batch);
          committing.catch(() => {});
          const waiting = "SELECT pid FROM pg_stat_activity WHERE application_name = 'perdure commits' AND wait_event_type = 'Lock'";
          let pid: unknown;
          while (pid === undefined) pid = (await other.query<{ pid: number }>(waiting)).rows[0]?.pid;
          await other.query("SELECT pg_terminate_backend($1)", [pid]);
          assert.equal((await refused(committing, "unknown")).cutByOthers, true);
          await other.query("COMMIT");
        });
        hand.fence = (await store.refence({ worker: hand.worker, fence: hand.fence, token: "new" })).fence;
        assert.equal(await store.readMarker(batch), null);
        assert.deepEqual(await store.readHistory(id("i")), []);
        await store.commit({ ...batch, fence: hand.fence });
        assert.equal((await store.readHistory(id("i"))).length, 1);
      } finally {
        await store.close();
      }
    });

    test("a commit whose answer is lost on the way: unknown; the marker has the receipt", async () => {
      const url = await database.freshUrl();
      const proxy = await openPostgresProxy(url);
      const store = await openPostgresStore({ url: proxy.url(url) });
      try {
        const hand = await Hand.join(store, {});
        await hand.own("before");
        const [no] = await hand.numbers(1);
        const batch = hand.batch({
          creates: [birth(no!, "i")],
          claim: { limit: 5, keys: keysOf({ orchestrator: ["shipOrder"] }).instances, suspects: [] },
        });
        proxy.answersToCut = 1;
        assert.equal((await refused(store.commit(batch), "unknown")).cutByOthers, undefined);
        const fresh = await store.refence({ worker: hand.worker, fence: hand.fence, token: "new" });
        assert.notEqual(fresh.fence, hand.fence);
        const marker = await store.readMarker(batch);
        assert.equal(marker?.token, batch.token);
        assert.deepEqual(marker?.receipt.notStarted, []);
        assert.equal((await store.getInstance(id("i")))?.no, no);
      } finally {
        await store.close();
        await proxy.close();
      }
    });

    test("a server that refuses: commits are busy for certain, clients are told, and everything works again by itself", async () => {
      const url = await database.freshUrl();
      const proxy = await openPostgresProxy(url);
      const events: string[] = [];
      const store = await openPostgresStore({
        url: proxy.url(url),
        log: { enabled: () => true, write: ({ event }) => events.push(event) },
      });
      try {
        const hand = await Hand.join(store, {});
        await hand.own("i");
        proxy.refuses = true;
        proxy.cut();
        await sleep(50); // the ends of the connections arrive
        const batch = hand.batch({});
        await refused(store.commit(batch), "busy");
        await assert.rejects(store.getInstance(id("i")), { code: "STORE_UNAVAILABLE" });
        await assert.rejects(store.renew({ worker: hand.worker, fence: hand.fence, leaseMs: 1_000 }));
        proxy.refuses = false;
        while (!(await isWritten(store.commit(batch)))) await sleep(20);
        assert.ok(events.includes("store.lost") && events.includes("store.refused") && events.includes("store.back"), events.join());
      } finally {
        await store.close();
        await proxy.close();
      }
    });
  });
}

/** False: the store does not answer yet, and has written nothing for certain. */
async function isWritten(committing: Promise<unknown>): Promise<boolean> {
  try {
    await committing;
    return true;
  } catch (error) {
    await refused(Promise.reject(error), "busy");
    return false;
  }
}
