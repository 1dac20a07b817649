import assert from "node:assert/strict";
import { test } from "node:test";
import { entity, orchestrator } from "perdure";
import { functionKey } from "../../src/model/function-name.ts";
import type { InstanceNo } from "../../src/model/ids.ts";
import { entityId, eventId, instanceId, instanceNo } from "../../src/model/ids.ts";
import type { Message } from "../../src/model/message.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { entityCreatedBy } from "../../src/store/new-entity.ts";
import { orphanedLocks } from "../../src/store/orphaned-locks.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import type { LogEntry } from "../../src/telemetry/engine-log.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";
import { rowOf, signal, stateOf } from "./testing/signals.ts";

const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (context, amount: number) => {
      context.state += amount;
    },
  },
});
const keeps = orchestrator("keeps", async (ctx) => {
  using _lock = await ctx.lock(counter.id("b"));
  return await ctx.waitForExternalEvent("Go");
});
const functions = () => [counter, keeps];
const key = (name: string) => entityId(functionKey("Counter"), name);

const messageOf = (kind: "entityLock" | "entityRelease", no: InstanceNo, ...names: readonly string[]): Message => ({
  ...{ kind, ts: 0, lock: { no, generation: 0, id: eventId(0) }, holder: instanceId("gone") },
  ...{ entities: names.map(key), at: 0 },
});
const GONE = instanceNo(4_711);

for (const store of inTurn("orphaned-locks", ["memory", "sqlite"] as const)) {
  test(`${store}: the sweep unlocks an entity whose section is over while no release is on its way, says so, and leaves others alone`, async () => {
    const entries: LogEntry[] = [];
    const log = { enabled: () => true, write: (entry: LogEntry) => void entries.push(entry) };
    await using fleet = await TestFleet.open(1, { store, functions, log });
    const worker = fleet.processes[0]?.worker;
    assert.ok(worker);
    void worker.deliver(key("a"), messageOf("entityLock", GONE, "a"));
    await fleet.start(0, "keeps", "keeper");
    void signal(fleet, 0, key("a"), { operation: "add", input: 1 });
    await fleet.advance(100);
    assert.equal(await stateOf(fleet, key("a")), null);
    await fleet.advance(65_000);
    assert.equal(await stateOf(fleet, key("a")), 1);
    assert.ok((await rowOf(fleet, key("b")))?.customStatus?.includes("keeper"));
    const found = entries.filter(({ event }) => event === "sweep.unlocked");
    assert.deepEqual(
      found.map(({ level, fields }) => ({ level, fields })),
      [{ level: "error", fields: { instanceId: key("a"), holder: "gone" } }],
    );
    await fleet.advance(65_000);
    assert.equal(entries.filter(({ event }) => event === "sweep.unlocked").length, 1);
  });
}

test("a release that is on its way to an entity before it makes no lock orphaned", async () => {
  const store = createMemoryStore({ now: () => 0 });
  const names = ["a", "b"];
  const lock = { key: { no: GONE, generation: 0, id: eventId(0) }, holder: instanceId("gone"), entities: names.map(key), at: 1, since: 0 };
  const put = (name: string, message: Message) => store.deliver({ instanceId: key(name), message, ...entityCreatedBy(key(name), message) });
  for (const name of names) await put(name, messageOf("entityLock", instanceNo(1), name));
  const rows = (await store.readInstances([key("b")])).map((row) => ({ ...row, customStatus: JSON.stringify({ lock }) }));
  const asIfLocked = {
    readInstances: store.readInstances,
    load: async (nos: readonly InstanceNo[]) =>
      (await store.load(nos)).map((one) => ({ ...one, row: { ...one.row, customStatus: JSON.stringify({ lock }) } })),
  };
  assert.deepEqual(await orphanedLocks(asIfLocked, rows), [{ id: key("b"), lock }]);
  await put("a", messageOf("entityRelease", GONE, ...names));
  assert.deepEqual(await orphanedLocks(asIfLocked, rows), []);
  await store.close();
});
