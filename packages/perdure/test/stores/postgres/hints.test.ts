import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { withClient } from "../../../src/testing/postgres/databases.ts";
import { openPostgresProxy } from "../../../src/testing/postgres/proxy.ts";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { event, Hand, spec, toId } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

/** Resolves with true when it was called within the time. */
function heard(): { readonly listener: () => void; within(ms: number): Promise<boolean> } {
  let ring = () => {};
  let bell = new Promise<boolean>((resolve) => {
    ring = () => resolve(true);
  });
  return {
    listener: () => ring(),
    async within(ms) {
      const cancel = new AbortController();
      const late = sleep(ms, false, { signal: cancel.signal }).catch(() => false);
      const outcome = await Promise.race([bell, late]);
      cancel.abort();
      bell = new Promise((resolve) => {
        ring = () => resolve(true);
      });
      return outcome;
    },
  };
}

for (const server of TEST_SERVERS) {
  describe(`postgres ${server}: hints`, { timeout: 60_000 }, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    test("another process hears of what is ready, and of mail for its own workers alone", async () => {
      const url = await database.freshUrl();
      const [here, there] = [await openPostgresStore({ url }), await openPostgresStore({ url })];
      try {
        const bell = heard();
        there.onForeignChange(bell.listener);
        assert.equal(await bell.within(2_000), true, "it listens from now on");
        await here.start({ start: spec("ready"), onExisting: "error" });
        assert.equal(await bell.within(2_000), true);
        const [mine, theirs] = [await Hand.join(here, {}), await Hand.join(there, {})];
        await mine.own("mine");
        await theirs.own("theirs");
        await mine.commit({ messages: [toId("mine", event("e"))] });
        assert.equal(await bell.within(100), false);
        await mine.commit({ messages: [toId("theirs", event("e"))] });
        assert.equal(await bell.within(2_000), true);
      } finally {
        await Promise.all([here.close(), there.close()]);
      }
    });

    test("a listener whose connection is lost comes back, and says so", async () => {
      const url = await database.freshUrl();
      const [here, there] = [await openPostgresStore({ url }), await openPostgresStore({ url })];
      try {
        const bell = heard();
        there.onForeignChange(bell.listener);
        assert.equal(await bell.within(2_000), true);
        await withClient(url.split("?")[0]!, (client) =>
          client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'perdure listen'"),
        );
        assert.equal(await bell.within(5_000), true, "what was sent meanwhile may be lost: it looks");
        await here.start({ start: spec("ready"), onExisting: "error" });
        assert.equal(await bell.within(2_000), true);
      } finally {
        await Promise.all([here.close(), there.close()]);
      }
    });

    test("where nothing arrives the self-test says so, once, and the store works on", async () => {
      const url = await database.freshUrl();
      const proxy = await openPostgresProxy(url);
      proxy.swallowsNotifications = true;
      const bell = heard();
      const events: string[] = [];
      const log = {
        enabled: () => true,
        write: ({ event: name }: { readonly event: string }) => {
          events.push(name);
          if (name === "store.deaf") bell.listener();
        },
      };
      const store = await openPostgresStore({ url: proxy.url(url), log });
      try {
        store.onForeignChange(() => {});
        assert.equal(await bell.within(5_000), true);
        const hand = await Hand.join(store, {});
        await hand.own("i");
        assert.deepEqual(events, ["store.deaf"]);
      } finally {
        await store.close();
        await proxy.close();
      }
    });
  });
}
