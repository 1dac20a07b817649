import assert from "node:assert/strict";
import { test } from "node:test";
import { entityRef, orchestrator } from "perdure";
import { functionKey } from "../../src/model/function-name.ts";
import { entityId, instanceId } from "../../src/model/ids.ts";
import { jsonCodec } from "../../src/model/payload.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";
import { account, adds, assertFree, entityRow, transfer } from "./testing/accounts.ts";

const fails = orchestrator("fails", async (ctx) => {
  const acc = ctx.entity(account, "a");
  await acc.call.add(1);
  const failed = await acc.call.fail().catch((error: unknown) => String(error));
  return [failed, await acc.call.get()];
});

const unknown = entityRef<{ add(amount: number): number }>("Unknown");
const callsUnknown = orchestrator("callsUnknown", async (ctx) => {
  ctx.entity(unknown, "b").signal.add(1);
  return ctx
    .entity(unknown, "a")
    .call.add(1)
    .catch((error: unknown) => String(error));
});

/** `b` is stopped with its signal by then. */
const callsStopped = orchestrator("callsStopped", async (ctx) => {
  const said = (error: unknown) => String(error);
  const before = await ctx.entity(unknown, "b").call.add(1).catch(said);
  using lock = await ctx.lock(unknown.id("b"));
  return [before, await lock.entities[0]?.call.add(1).catch(said)];
});

/** A call that is not waited for, and the same number in the next generation. */
const restless = orchestrator("restless", async (ctx, round: number): Promise<unknown> => {
  const asked = ctx.entity(account, `round ${round}`).call.add(round);
  if (round < 5) return ctx.continueAsNew(round + 1);
  return asked;
});

const unknownOf = (key: string) => entityId(functionKey("Unknown"), key);
const functions = () => [account, adds, transfer, fails, callsUnknown, callsStopped, restless];

for (const store of inTurn("calls of entities", ["memory", "sqlite"] as const)) {
  test(`${store}: calls are answered with what the operation returned, and eleven cost no more commits in a row than one`, async () => {
    await using fleet = await TestFleet.open(1, { store, functions });
    await fleet.start(0, "adds", "warm", { key: "a", times: 1 });
    assert.equal(await fleet.end("warm"), 1);
    const commits = async (id: string, times: number) => {
      const before = fleet.commits.length;
      await fleet.start(0, "adds", id, { key: "a", times });
      const last = await fleet.end(id);
      return { last, commits: fleet.commits.length - before };
    };
    const one = await commits("one", 1);
    const eleven = await commits("eleven", 11);
    assert.deepEqual([one.last, eleven.last], [2, 13]);
    assert.ok(one.commits <= 3 && eleven.commits <= one.commits, `${one.commits} and ${eleven.commits} commits`);
  });

  test(`${store}: a failed operation fails its call, and changes nothing`, async () => {
    await using fleet = await TestFleet.open(1, { store, functions });
    await fleet.start(0, "fails", "one");
    const [failed, state] = (await fleet.end("one")) as readonly [string, number];
    assert.match(failed, /fail.*no/);
    assert.equal(state, 1);
  });

  test(`${store}: each answer reaches the generation that has asked`, async () => {
    await using fleet = await TestFleet.open(2, { store, functions });
    await fleet.start(0, "restless", "one", 1);
    assert.equal(await fleet.end("one"), 5);
    for (const round of [1, 2, 3, 4, 5]) assert.equal((await entityRow(fleet.sim.store, `round ${round}`))?.state, round);
  });

  test(`${store}: a call to an entity that no worker has fails after its time; a signal waits for a worker that has it`, async () => {
    const settings = { functionNotFoundAfterMs: 5_000, functionNotFoundAloneMs: 5_000 };
    await using fleet = await TestFleet.open(2, { store, functions, settings });
    await fleet.start(0, "callsUnknown", "one");
    await fleet.advance(4_000);
    assert.equal((await fleet.status("one"))?.runtimeStatus, "Running");
    assert.match(String(await fleet.end("one")), /no entity function "unknown" in any live worker/);
    await fleet.advance(70_000);
    const rows = await fleet.sim.store.readInstances([unknownOf("a"), unknownOf("b")]);
    assert.deepEqual(
      rows.map(({ instanceId, stopped }) => [instanceId, stopped?.code]),
      [["@unknown@b", "FUNCTION_NOT_REGISTERED"]],
    );
    await fleet.start(1, "callsStopped", "two");
    const later = (await fleet.end("two", 300_000)) as readonly string[];
    for (const failed of later) assert.match(failed, /no entity function "unknown" in any live worker/);
    await fleet.advance(10_000);
    const [stopped] = await fleet.sim.store.readInstances([unknownOf("b")]);
    assert.deepEqual([stopped?.stopped?.code, stopped?.customStatus?.includes("lock") ?? false], ["FUNCTION_NOT_REGISTERED", false]);
  });

  test(`${store}: transfers between few accounts keep the sum, whatever dies, and leave nothing locked`, async () => {
    const settings = { leaseMs: 2_000, renewEveryMs: 500 };
    await using fleet = await TestFleet.open(3, { store, functions, settings });
    const keys = ["a", "b", "c", "d"];
    const ids = Array.from({ length: 40 }, (_, i) => `t${i}`);
    for (const [i, id] of ids.entries()) {
      void fleet.client(i % 3).start({
        ...{ name: "transfer", instanceId: id },
        input: jsonCodec.encode({ from: keys[i % 4], to: keys[(i * 3 + 1) % 4], amount: i }),
      });
      await fleet.advance(i % 5);
      if (i === 15 || i === 30) fleet.kill(i / 15 - 1);
      if (i === 15) await fleet.join();
    }
    for (const id of ids) {
      if ((await fleet.sim.store.getInstance(instanceId(id))) === null) continue; // its client died before it was accepted
      const row = async () => (await fleet.sim.store.getInstance(instanceId(id)))?.status;
      for (let steps = 0; (await row()) !== "Completed"; steps++) {
        assert.ok(steps < 3_000, `${id} does not end`);
        await fleet.advance(20);
      }
    }
    await fleet.advance(3_000);
    const states = await Promise.all(keys.map(async (key) => (await entityRow(fleet.sim.store, key))?.state ?? 0));
    assert.equal(
      states.reduce<number>((sum, state) => sum + Number(state), 0),
      0,
    );
    await assertFree(fleet.sim.store, keys);
  });
}
