import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, EntityOperationFailedError, entity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor } from "../../src/model/executor.ts";
import { functionKey } from "../../src/model/function-name.ts";
import { entityId } from "../../src/model/ids.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import type { Place } from "../fleet/fleet.testsuite.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";
import { rowOf, signal, stateOf } from "./testing/signals.ts";

const counter = (place: Place) =>
  entity("Counter", {
    initialState: () => 0,
    operations: {
      add: (context, amount: number) => {
        context.state += amount;
      },
      fail: (context) => {
        context.state = 99;
        throw new Error("no");
      },
      slow: async (context, ms: number) => {
        await place.sleep(ms);
        context.state += 1_000;
      },
    },
  });
const work = activity("work", () => 1);
const asks = orchestrator("asks", (ctx) => ctx.callActivity(work));

const crashing = entity("Counter", { initialState: () => 0, operations: { crash: () => {} } });
const calls = orchestrator("calls", async (ctx) => {
  try {
    return await ctx.entity(crashing, "a").call.crash();
  } catch (error) {
    return error instanceof EntityOperationFailedError ? error.failure.errorType : "another";
  }
});

const key = (name: string) => entityId(functionKey("Counter"), name);
const functions = (place: Place) => [counter(place), work, asks, calls];

for (const store of inTurn("engine of entities", ["memory", "sqlite"] as const)) {
  test(`${store}: signals of a client are applied in order, those that come together in one commit, and each is answered when it is durable`, async () => {
    await using fleet = await TestFleet.open(1, { store, functions });
    const first = signal(fleet, 0, key("a"), { operation: "add", input: 1 });
    await fleet.advance(20);
    assert.deepEqual(await first, { outcome: "delivered", status: null });
    assert.equal(await stateOf(fleet, key("a")), 1);
    const before = fleet.commits.length;
    const more = Array.from({ length: 100 }, (_, by) => signal(fleet, 0, key("a"), { operation: "ADD", input: by }));
    await fleet.advance(20);
    await Promise.all(more);
    assert.equal(await stateOf(fleet, key("a")), 1 + 4_950);
    assert.equal(fleet.commits.length - before, 1);
  });

  test(`${store}: an operation that fails changes nothing, those beside it count, and the row says so`, async () => {
    await using fleet = await TestFleet.open(1, { store, functions });
    for (const operation of ["add", "fail", "add"]) void signal(fleet, 0, key("a"), { operation, input: 2 });
    await fleet.advance(20);
    assert.equal(await stateOf(fleet, key("a")), 4);
    const notes = JSON.parse((await rowOf(fleet, key("a")))?.customStatus ?? "{}");
    assert.deepEqual({ ...notes.lastFailure, at: 0 }, { operation: "fail", message: "no", at: 0 });
  });

  test(`${store}: while an operation takes seconds, clients are answered, and no neighbour waits`, async () => {
    await using fleet = await TestFleet.open(1, { store, functions });
    await fleet.advance(20);
    const slow = signal(fleet, 0, key("a"), { operation: "slow", input: 3_000 });
    await fleet.advance(20);
    assert.deepEqual(
      await slow,
      { outcome: "delivered", status: null },
      "it waits for its cause to be durable, and its sender for no more",
    );
    const behind = signal(fleet, 0, key("a"), { operation: "add", input: 1 });
    const beside = signal(fleet, 0, key("b"), { operation: "add", input: 1 });
    await fleet.start(0, "asks", "one");
    await fleet.advance(20);
    await Promise.all([behind, beside]);
    assert.equal((await fleet.status("one"))?.runtimeStatus, "Completed");
    assert.deepEqual([await stateOf(fleet, key("a")), await stateOf(fleet, key("b"))], [null, 1]);
    await fleet.advance(3_000);
    assert.equal(await stateOf(fleet, key("a")), 1_001);
  });

  test(`${store}: a delayed signal is held until it is due, also when its worker dies`, async () => {
    await using fleet = await TestFleet.open(2, { store, functions, settings: { idleReleaseMs: 500, leaseMs: 2_000, renewEveryMs: 500 } });
    const due = fleet.sim.calendar.now() + 60_000;
    void signal(fleet, 0, key("a"), { operation: "add", input: 5, due });
    void signal(fleet, 1, key("b"), { operation: "add", input: 5, due });
    void signal(fleet, 0, key("a"), { operation: "add", input: 1 });
    await fleet.advance(100);
    fleet.kill(0);
    await fleet.advance(58_000);
    assert.deepEqual([await stateOf(fleet, key("a")), await stateOf(fleet, key("b"))], [1, null]);
    await fleet.advance(3_000);
    assert.deepEqual([await stateOf(fleet, key("a")), await stateOf(fleet, key("b"))], [6, 5]);
    assert.equal((await fleet.sim.store.readHistory(key("a"))).length, 0, "nothing is held: no history");
  });

  test(`${store}: a deleted entity is gone within a minute, with its row, also when its worker died; the next operation makes a new one`, async () => {
    await using fleet = await TestFleet.open(2, { store, functions, settings: { leaseMs: 2_000, renewEveryMs: 500 } });
    for (const [node, name] of [
      [0, "a"],
      [1, "b"],
    ] as const) {
      void signal(fleet, node, key(name), { operation: "add", input: 5 });
      void signal(fleet, node, key(name), { operation: "delete" });
    }
    await fleet.advance(50);
    assert.ok(await rowOf(fleet, key("a")));
    fleet.kill(0);
    await fleet.advance(75_000);
    assert.deepEqual([await rowOf(fleet, key("a")), await rowOf(fleet, key("b"))], [null, null]);
    void signal(fleet, 1, key("a"), { operation: "add", input: 7 });
    await fleet.advance(50);
    assert.equal(await stateOf(fleet, key("a")), 7);
  });

  test(`${store}: a signal with an id is applied once`, async () => {
    await using fleet = await TestFleet.open(2, { store, functions });
    for (const node of [0, 1, 0, 1]) {
      void signal(fleet, node, key("a"), { operation: "add", input: 3, messageId: "order-7" });
      await fleet.advance(node === 0 ? 1 : 500);
    }
    assert.equal(await stateOf(fleet, key("a")), 3);
  });

  test(`${store}: an operation that is lost with its place each time stops the entity with its name and sender; those before it count`, async () => {
    const executor = (native: Executor) =>
      wrapExecutor(native, {
        runEntityBatch: async (request) =>
          request.operations.some(({ operation }) => operation === "crash")
            ? { kind: "lost", atFault: true, reason: "the process ended" }
            : native.runEntityBatch(request),
      });
    await using fleet = await TestFleet.open(1, { store, functions, executor });
    for (const operation of ["add", "crash", "add"]) void signal(fleet, 0, key("a"), { operation, input: 1 });
    await fleet.advance(20_000);
    const row = await rowOf(fleet, key("a"));
    assert.deepEqual([row?.input, row?.stopped?.code], ["1", "INSTANCE_POISON"]);
    assert.match(row?.stopped?.message ?? "", /Next is operation "crash" of a client\./);
    const { inbox } = await fleet.sim.store.dump();
    assert.equal(inbox.length, 2, "what was not applied is kept");
    const skipped = { operation: "crash", isSignal: true, sender: null };
    const { entities } = fleet.client(0);
    const twice = Promise.all([entities.skip(key("a"), "it ends it"), entities.skip(key("a"), null)]);
    await fleet.advance(5_000);
    assert.deepEqual(await twice, [skipped, skipped]);
    const skips = await rowOf(fleet, key("a"));
    assert.deepEqual([skips?.input, skips?.stopped], ["2", null], "two who skip it mean the same one, and what is behind it runs");
    assert.match(skips?.customStatus ?? "", /set this operation aside/);
    const { audit } = await fleet.sim.store.dump();
    assert.deepEqual(
      audit.map(({ what, reason, no }) => [what, reason, no]),
      [["skip", "it ends it", skips?.no]],
    );
    const refused = assert.rejects(entities.skip(key("a"), null), { code: "ENTITY_NOTHING_TO_SKIP", message: /it is not stopped/ });
    const none = entities.skip(key("none"), null);
    void fleet.client(0).start({ name: "calls", input: null, instanceId: "caller" });
    await fleet.advance(20_000);
    await refused;
    assert.equal(await none, null);
    const call = entities.skip(key("a"), null);
    await fleet.advance(1_000);
    assert.deepEqual(await call, { operation: "crash", isSignal: false, sender: "caller" });
    assert.match(String(await fleet.end("caller")), /EntityOperationSkippedError/);
    await fleet.advance(1_000);
    void signal(fleet, 0, key("a"), { operation: "crash" });
    await fleet.advance(20_000);
    void fleet.processes[0]?.worker.deliver(key("a"), { kind: "entityPurge", ts: 0 });
    void signal(fleet, 0, key("a"), { operation: "add", input: 7 });
    await fleet.advance(5_000);
    const purged = await rowOf(fleet, key("a"));
    assert.deepEqual([purged?.input, purged?.stopped], ["7", null], "a purge takes what waited with the state");
  });

  test(`${store}: an entity whose process dies with each attempt is stopped; one beside it is not`, async () => {
    await using fleet = await TestFleet.open(1, { store, functions, settings: { leaseMs: 2_000, renewEveryMs: 500 } });
    void signal(fleet, 0, key("a"), { operation: "slow", input: 600_000 });
    await fleet.advance(50);
    for (let node = 0; (await rowOf(fleet, key("a")))?.stopped === null; node++) {
      assert.ok(node < 12, "it is not stopped");
      void signal(fleet, node, key("b"), { operation: "add", input: 1 });
      await fleet.advance(50);
      fleet.kill(node);
      await fleet.join();
      await fleet.advance(5_000);
    }
    assert.match((await rowOf(fleet, key("a")))?.stopped?.message ?? "", /operation "slow" of a client/);
    assert.equal((await rowOf(fleet, key("b")))?.stopped, null);
  });
}
