import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { executionId, instanceId } from "../../src/model/ids.ts";
import type { Store } from "../../src/store/contract.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import type { Place } from "./fleet.testsuite.ts";
import { TestFleet } from "./fleet.testsuite.ts";

const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent("Go"));
const step = activity("step", () => 1);
const busy = orchestrator("busy", async (ctx) => {
  for (let i = 0; i < 300; i++) await ctx.callActivity(step);
});

for (const most of [50, 150]) {
  test(`a worker that may own ${most} instances claims no more, however closely its commits follow each other`, async () => {
    let [owned, slowMs] = [0, 0];
    const slowly = async <T>(call: () => Promise<T>): Promise<T> => {
      if (slowMs > 0) await fleet.sim.world.sleep(slowMs);
      return call();
    };
    const between = (store: Store): Store => ({
      ...interceptStore(store, (_, call) => call()),
      load: (nos) => slowly(() => store.load(nos)),
      commit: async (batch) => {
        const receipt = await slowly(() => store.commit(batch));
        owned = Math.max(owned, (await store.readOwned(batch.worker)).length);
        return slowly(() => Promise.resolve(receipt));
      },
    });
    const settings = { maxOwnedInstances: most, pollEveryMs: 10 };
    const fleet = await TestFleet.open(1, { store: "memory", functions: () => [waits, busy, step], settings, between });
    await using _ = fleet;
    slowMs = 20;
    const going = [0, 1, 2].map((no) => fleet.client(0).start({ name: "busy", instanceId: `busy-${no}`, input: null }));
    await fleet.advance(200);
    await Promise.all(going);
    for (let no = 0; no < 600; no++) {
      const ids = { instanceId: instanceId(`w-${no}`), executionId: executionId(`e-${no}`) };
      const start = { ...ids, name: "waits", input: null, version: null, tags: null, parent: null, startAt: null };
      await fleet.sim.store.start({ start, onExisting: "error" });
      if (no % 3 === 0) await fleet.advance(2);
    }
    await fleet.advance(3_000);
    assert.ok(owned <= most, `it owned ${owned} instances, and may own ${most}`);
    assert.ok(owned > 0.9 * most, `it owned ${owned} instances, and may own ${most}`);
  });
}

test("a worker with four places for activities claims no more than four, however slowly those come and however closely its commits follow each other", async () => {
  let [claimed, slowMs] = [0, 0];
  const between = (store: Store): Store => ({
    ...interceptStore(store, (_, call) => call()),
    loadTasks: async (keys) => {
      if (slowMs > 0) await fleet.sim.world.sleep(slowMs);
      return store.loadTasks(keys);
    },
    commit: async (batch) => {
      const receipt = await store.commit(batch);
      if (batch.claimTasks === null) return receipt;
      const { tasks } = await store.dump();
      claimed = Math.max(claimed, tasks.filter(({ worker }) => worker === batch.worker).length);
      return receipt;
    },
  });
  const settings = { maxConcurrentActivities: 4, longActivityMs: 50, leaseMs: 3_000, renewEveryMs: 500, pollEveryMs: 10 };
  const functions = (place: Place) => {
    const long = activity("long", () => place.sleep(place.node < 3 ? 60_000 : 30));
    const fans = orchestrator("fans", (ctx) => Promise.all(Array.from({ length: 20 }, () => ctx.callActivity(long))));
    return [long, fans, busy, step];
  };
  const fleet = await TestFleet.open(3, { store: "memory", functions, settings, between });
  await using _ = fleet;
  for (const node of [0, 1, 2]) await fleet.start(node, "fans", `fans-${node}`);
  await fleet.advance(2_000);
  await fleet.join();
  for (const node of [0, 1, 2]) fleet.kill(node);
  slowMs = 50;
  for (const no of [0, 1, 2]) void fleet.client(3).start({ name: "busy", instanceId: `busy-${no}`, input: null });
  await fleet.advance(30_000);
  for (const node of [0, 1, 2]) {
    const row = await fleet.sim.store.getInstance(instanceId(`fans-${node}`));
    assert.equal(row?.status, "Completed");
  }
  assert.equal(claimed, 4);
});
