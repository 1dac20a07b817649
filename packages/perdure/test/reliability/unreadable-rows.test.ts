import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor, KindOffer } from "../../src/model/executor.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { ChangingExecutor } from "../../src/testing/changing-executor.ts";
import type { StoreKind } from "../../src/testing/simulation/world.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const STORES: readonly StoreKind[] = ["memory", "sqlite"];
const NONE: Partial<KindOffer> = { names: [] };
const SPOILT = ["{", "null", "5", '{"kind":"other"}'];

const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent<string>("Go"));
const hears = orchestrator("hears", async (ctx) => {
  await ctx.waitForExternalEvent("First");
  return ctx.waitForExternalEvent<string>("Go");
});
const asks = orchestrator("asks", (ctx) => ctx.callActivity("work"));
const twice = orchestrator("twice", async (ctx) => [await ctx.waitForExternalEvent("Go"), await ctx.waitForExternalEvent("Go")]);

for (const store of inTurn("unreadable-rows", STORES)) {
  for (const spoilt of SPOILT) {
    test(`an inbox row that cannot be read (${spoilt}) stops its instance, and no other; it continues when the row is restored (${store})`, async () => {
      await using fleet = await TestFleet.open(2, { store, functions: () => [waits] });
      await fleet.start(0, "waits", ["one", "two"]);
      await fleet.advance(500);
      const damage = spoilFirstGo(fleet, spoilt);
      await send(fleet, "one", "Go");
      await send(fleet, "two", "Go");
      await fleet.advance(5_000);
      const stopped = (await fleet.status("one"))?.stopped;
      assert.equal(stopped?.code, "STORED_DATA_UNREADABLE");
      assert.match(stopped.message, /inbox row \d+ \(event\)/);
      assert.equal((await fleet.status("two"))?.runtimeStatus, "Completed");
      await resume(fleet, "one");
      assert.ok((await fleet.status("one"))?.stopped, "a resume is good for one try");
      damage.isRepaired = true;
      await resume(fleet, "one");
      await fleet.end("one", 10_000);
      assert.equal((await fleet.status("one"))?.runtimeStatus, "Completed");
    });
  }

  test(`an inbox row that cannot be read stops an instance whose episode is still running (${store})`, async () => {
    const executor = (native: Executor, time: { after(ms: number, act: () => void): unknown }) =>
      wrapExecutor(native, {
        runEpisode: async (request) => {
          if (request.instanceId === "one" && request.episode > 0) await new Promise<void>((resolve) => void time.after(10_000, resolve));
          return native.runEpisode(request);
        },
      });
    await using fleet = await TestFleet.open(2, { store, functions: () => [hears], executor });
    await fleet.start(0, "hears", "one");
    await fleet.advance(500);
    await send(fleet, "one", "First");
    await fleet.advance(1_000);
    const damage = spoilFirstGo(fleet, "{");
    await send(fleet, "one", "Go");
    await fleet.advance(1_000);
    assert.equal((await fleet.status("one"))?.stopped?.code, "STORED_DATA_UNREADABLE");
    damage.isRepaired = true;
    await resume(fleet, "one");
    await fleet.end("one", 40_000);
    assert.equal((await fleet.status("one"))?.runtimeStatus, "Completed");
  });

  for (const spoilt of ["{", "null", "5"]) {
    test(`a task whose row cannot be read (${spoilt}) stops its instance, and no other; a resume makes the row again (${store})`, async () => {
      let node = 0;
      const executor = (native: Executor) => {
        node += 1;
        return node === 1 ? new ChangingExecutor(native, { activity: NONE }) : native;
      };
      await using fleet = await TestFleet.open(2, { store, functions: () => [asks, activity("work", () => 7)], executor });
      const { sim } = fleet;
      const { loadTasks } = sim.store;
      const damaged: typeof loadTasks = async (keys) =>
        (await loadTasks(keys)).map((row) => (row.instanceId === "one" ? { ...row, body: spoilt } : row));
      Object.assign(sim.store, { loadTasks: damaged });
      await fleet.start(0, "asks", ["one", "two"]);
      assert.equal(await fleet.end("two", 10_000), 7);
      await fleet.advance(3_000);
      const stopped = (await fleet.status("one"))?.stopped;
      assert.equal(stopped?.code, "ACTIVITY_POISON");
      assert.match(stopped.message, /task row \d+\/0\/\d+/);
      Object.assign(sim.store, { loadTasks });
      await resume(fleet, "one");
      assert.equal(await fleet.end("one", 20_000), 7);
    });
  }

  for (const spoilt of ["[", "null", "[null]"]) {
    test(`an instance whose history cannot be read (${spoilt}) is stopped when it is loaded, and those that are loaded with it continue (${store})`, async () => {
      await using fleet = await TestFleet.open(1, { store, functions: () => [twice] });
      await fleet.start(0, "twice", ["one", "two"]);
      await fleet.advance(500);
      const { sim } = fleet;
      const { load } = sim.store;
      const damaged: typeof load = async (nos) =>
        (await load(nos)).map((one) =>
          one.row.instanceId === "one" ? { ...one, history: one.history.map((chunk) => ({ ...chunk, events: spoilt })) } : one,
        );
      Object.assign(sim.store, { load: damaged });
      fleet.kill(0);
      await Promise.all([fleet.join(), fleet.advance(30_000)]);
      const { client } = fleet.processes[1] ?? assert.fail();
      const raise = (id: string) => client.raiseEvent({ instanceId: id, name: "Go", input: null });
      await Promise.all([raise("one"), raise("two"), raise("two"), fleet.advance(10_000)]);
      assert.equal((await fleet.status("one"))?.stopped?.code, "STORED_DATA_UNREADABLE");
      assert.equal((await fleet.status("two"))?.runtimeStatus, "Completed");
    });
  }
}

/** From the worker that owns the instance its mail comes without a row: the other one sends. */
const send = async (fleet: TestFleet, instanceId: string, name: string) => {
  await Promise.all([fleet.client(1).raiseEvent({ instanceId, name, input: null }), fleet.advance(500)]);
};

const resume = async (fleet: TestFleet, instanceId: string) => {
  await Promise.all([fleet.client(1).resume({ instanceId, reason: null }), fleet.advance(2_000)]);
};

/** The row of the first event "Go" that comes into any inbox is not what was written. */
function spoilFirstGo({ sim: { store } }: TestFleet, body: string): { isRepaired: boolean } {
  const { look, load } = store;
  const damage = { isRepaired: false };
  let bad: string | null = null;
  const spoil = <Row extends { readonly no: number; readonly seq: number; readonly body: string }>(row: Row): Row => {
    if (row.body.includes('"Go"')) bad ??= `${row.no}:${row.seq}`;
    return `${row.no}:${row.seq}` === bad && !damage.isRepaired ? { ...row, body } : row;
  };
  const spoiltLook: typeof look = async (params) => {
    const seen = await look(params);
    return { ...seen, mail: seen.mail.map(spoil) };
  };
  const spoiltLoad: typeof load = async (nos) => (await load(nos)).map((one) => ({ ...one, inbox: one.inbox.map(spoil) }));
  Object.assign(store, { look: spoiltLook, load: spoiltLoad });
  return damage;
}
