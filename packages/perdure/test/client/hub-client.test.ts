import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { VirtualCalendar, VirtualTime } from "../../src/testing/virtual-time.ts";
import { clientOver } from "./testing/client-over.ts";

test("known functions are read again after a second, also while store time stands still since a clock was set back", async () => {
  const time = new VirtualTime();
  const calendar = new VirtualCalendar(time, 1_000_000);
  const store = createMemoryStore({ now: calendar.now });
  const client = clientOver(store, time, calendar.now);
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
  const client = clientOver(store, new VirtualTime(), Date.now);
  assert.deepEqual(await client.knownFunctions(), { orchestrator: ["Slow"], activity: null, entity: [] });
});
