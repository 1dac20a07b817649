import assert from "node:assert/strict";
import { test } from "node:test";
import { createHubClient } from "../../src/client/hub-client.ts";
import { Waits } from "../../src/client/waits.ts";
import { Watches } from "../../src/client/watch/watches.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { Random } from "../../src/testing/random.ts";
import { seededIds, VirtualCalendar, VirtualTime } from "../../src/testing/virtual-time.ts";

test("known functions are read again after a second, also while store time stands still since a clock was set back", async () => {
  const time = new VirtualTime();
  const calendar = new VirtualCalendar(time, 1_000_000);
  const store = createMemoryStore({ now: calendar.now });
  const ids = seededIds(new Random(1));
  const client = createHubClient({
    store,
    ids,
    watches: new Watches({ store, ids, scheduler: time, clock: time, now: calendar.now, worker: () => null }),
    waits: new Waits({ store, scheduler: time, clock: time, peek: () => undefined }),
    worker: () => null,
    maxPayloadBytes: 1_000,
    now: calendar.now,
    clock: time,
    scheduler: time,
  });
  const { worker, fence } = await store.join({
    leaseMs: 14_000,
    functions: { orchestrator: ["Slow"], activity: [], entity: [] },
    host: "here",
  });
  const names = async () => (await client.knownFunctions())?.orchestrator ?? null;
  assert.deepEqual(await names(), ["Slow"]);
  await store.leave({ worker, fence });
  calendar.step(-60_000);
  await time.advance(900);
  assert.deepEqual(await names(), ["Slow"]);
  await time.advance(100);
  assert.deepEqual(await names(), null);
});

test("where a worker takes every name, which functions there are is not known", async () => {
  const store = createMemoryStore({ now: Date.now });
  for (const activity of [["Ship"], ["Ship", "*"]])
    await store.join({ leaseMs: 14_000, functions: { orchestrator: ["Slow"], activity, entity: [] }, host: "here" });
  const time = new VirtualTime();
  const parts = { ids: seededIds(new Random(1)), maxPayloadBytes: 1_000, now: Date.now, clock: time, scheduler: time };
  const waits = new Waits({ store, scheduler: time, clock: time, peek: () => undefined });
  const client = createHubClient({
    store,
    waits,
    watches: new Watches({ store, worker: () => null, ...parts }),
    worker: () => null,
    ...parts,
  });
  assert.deepEqual(await client.knownFunctions(), { orchestrator: ["Slow"], activity: null, entity: [] });
});
