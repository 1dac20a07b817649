import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { createInspector } from "../../src/client/inspect/inspector.ts";
import type { InstanceCount } from "../../src/store/queries.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { TaskHub } from "../../src/task-hub/task-hub.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";

const guarded = <T>(call: () => Promise<T>): Promise<T> => call();

test("a count that stopped at its cap is asked again after half a minute, one that is exact each time", async () => {
  let isMuch = true;
  let asked = 0;
  let now = 0;
  const memory = createMemoryStore({ now: () => now });
  const store: typeof memory = {
    ...interceptStore(memory, (_, call) => call()),
    count: ({ cap, filter }): Promise<InstanceCount> => {
      asked += 1;
      return Promise.resolve(isMuch && filter.statuses.includes("Completed") ? { count: cap, exact: false } : { count: 7, exact: true });
    },
  };
  const inspector = createInspector({ store, clock: { monotonicMs: () => now }, guarded });
  const completedOf = async () => {
    asked = 0;
    return (await inspector.counts()).ended.Completed;
  };
  assert.deepEqual(await completedOf(), { n: 10_000, isExact: false });
  const all = asked;
  isMuch = false;
  now += 20_000;
  assert.deepEqual(await completedOf(), { n: 10_000, isExact: false });
  assert.equal(asked, all - 1, "the others are news");
  now += 10_000;
  assert.deepEqual(await completedOf(), { n: 7, isExact: true });
  assert.deepEqual([await completedOf(), asked], [{ n: 7, isExact: true }, all]);
});

test("what one that has ended did costs its history alone, and nothing where its failure says it", async () => {
  const reads: string[] = [];
  const store = interceptStore(createMemoryStore({ now: () => Date.now() }), (method, call) => {
    reads.push(method);
    return call();
  });
  const ends = orchestrator("Ends", async (_, text: string) => {
    if (text !== "") throw new RangeError(text);
  });
  await using hub = await TaskHub.open("", { store, functions: [ends], log: false });
  await hub.start();
  for (const [instanceId, input] of Object.entries({ well: "", badly: "refused" })) await hub.client.startNew(ends, { instanceId, input });
  for (const id of ["well", "badly"]) await hub.client.waitForCompletion(id, { timeout: "20s" });
  const inspector = hub.hubClient.inspector();
  const readsFor = async (id: string) => {
    reads.length = 0;
    const [line] = await inspector.doing([id]);
    const own = reads.filter((method) => method !== "look" && method !== "renew");
    return [line?.kind, line?.text, own];
  };
  assert.deepEqual(await readsFor("well"), ["ended", "ended", ["readInstances", "readHistoryRange"]]);
  assert.deepEqual(await readsFor("badly"), ["ended", "refused", ["readInstances", "readInstances"]]);
});
