import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { StoreRefusalError } from "../../src/store/errors.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const asks = orchestrator("asks", async (ctx) => {
  const one = await ctx.callActivity("work");
  return [one, await ctx.callActivity("work")];
});

test("an instance whose data the store refuses, and which is unreadable when it is loaded again, is stopped once", async () => {
  await using fleet = await TestFleet.open(1, {
    store: "memory",
    functions: ({ sleep }) => [asks, activity("work", () => sleep(1_000).then(() => 1))],
  });
  const { store } = fleet.sim;
  const commit = store.commit.bind(store);
  const load = store.load.bind(store);
  let refusals = 0;
  let isDamaged = false;
  Object.assign(store, {
    commit: async (batch: Parameters<typeof commit>[0]) => {
      if (isDamaged && batch.history.length > 0 && refusals === 0) {
        refusals += 1;
        throw new StoreRefusalError({ kind: "refusedData", detail: "not a string" });
      }
      return commit(batch);
    },
    load: async (nos: Parameters<typeof load>[0]) => {
      const loaded = await load(nos);
      const spoilt = (text: string) => (isDamaged ? text.slice(1) : text);
      return loaded.map((one) => ({ ...one, history: one.history.map((chunk) => ({ ...chunk, events: spoilt(chunk.events) })) }));
    },
  });
  await fleet.start(0, "asks", "one");
  await fleet.advance(100);
  isDamaged = true;
  await fleet.advance(5_000);
  assert.equal(refusals, 1);
  assert.equal((await fleet.status("one"))?.stopped?.code, "STORED_DATA_UNREADABLE");
});
