import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { instanceId } from "../../src/model/ids.ts";
import { jsonCodec } from "../../src/model/payload.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import type { Place } from "../fleet/fleet.testsuite.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";
import { account, adds, assertFree, entityRow, transfer } from "./testing/accounts.ts";

const pause = (place: Place) => activity("pause", (ms: number) => place.sleep(ms));

/** Takes the lock on both, and stays in the section for that long. */
const holds = orchestrator("holds", async (ctx, ms: number) => {
  using lock = await ctx.lock(account.id("a"), account.id("b"));
  await lock.entities[0].call.add(1);
  await ctx.callActivity("pause", ms);
  return lock.entities[1].call.add(1);
});
const throws = orchestrator("throws", async (ctx) => {
  using lock = await ctx.lock(account.id("a"), account.id("b"));
  await lock.entities[0].call.add(1);
  throw new Error("in the section");
});
const renews = orchestrator("renews", async (ctx, round: number): Promise<unknown> => {
  using lock = await ctx.lock(account.id("a"), account.id("b"));
  await lock.entities[1].call.add(1);
  return round > 3 ? "done" : ctx.continueAsNew(round + 1);
});
const givesUp = orchestrator("givesUp", async (ctx) => {
  using lock = await ctx.lock([account.id("a"), account.id("b")], { timeout: "2s" });
  return lock === null ? "gave up" : "has it";
});

const functions = (place: Place) => [account, adds, transfer, holds, throws, renews, givesUp, pause(place)];
const SETTINGS = { leaseMs: 2_000, renewEveryMs: 500, idleReleaseMs: 500 };

/** The next in line gets both, and nothing stays locked. */
async function assertPassedOn(fleet: TestFleet): Promise<void> {
  await fleet.start(fleet.processes.length - 1, "transfer", "next", { from: "a", to: "b", amount: 1 });
  await ended(fleet, "next", "Completed", 20_000);
  await fleet.advance(200);
  await assertFree(fleet.sim.store, ["a", "b"]);
}

async function ended(fleet: TestFleet, id: string, status: string, withinMs: number): Promise<void> {
  for (let ms = 0; (await fleet.sim.store.getInstance(instanceId(id)))?.status !== status; ms += 50) {
    assert.ok(ms < withinMs, `"${id}" is not ${status} within ${withinMs} ms`);
    await fleet.advance(50);
  }
}

for (const store of inTurn("section-ends", ["memory", "sqlite"] as const)) {
  test(`${store}: terminated at whatever step, a section passes its locks on`, async () => {
    for (const after of store === "memory" ? [1, 2, 3, 4, 5, 6, 8, 10, 12, 500] : [2, 5, 8, 500]) {
      await using fleet = await TestFleet.open(1, { store, functions, settings: SETTINGS });
      await fleet.start(0, "holds", "before", 4);
      void fleet.client(0).start({ name: "holds", instanceId: "one", input: jsonCodec.encode(60_000) });
      await fleet.advance(after);
      void fleet.client(0).terminate({ instanceId: "one", reason: null, recursive: false });
      await ended(fleet, "one", "Terminated", 1_000);
      await assertPassedOn(fleet);
    }
  });

  test(`${store}: an end in a section passes its locks on: a throw, a continue-as-new, a replacement, also of one that only waits`, async () => {
    await using fleet = await TestFleet.open(1, { store, functions, settings: SETTINGS });
    await fleet.start(0, "throws", "thrown");
    await ended(fleet, "thrown", "Failed", 2_000);
    await fleet.start(0, "renews", "renewed", 1);
    await ended(fleet, "renewed", "Completed", 2_000);
    await fleet.start(0, "holds", ["first", "second"], 60_000);
    await fleet.advance(50);
    for (const id of ["second", "first"]) {
      void fleet.client(0).start({ name: "adds", instanceId: id, input: jsonCodec.encode({ key: "c", times: 1 }), onExisting: "replace" });
      await ended(fleet, id, "Completed", 5_000);
    }
    await assertPassedOn(fleet);
    assert.equal((await entityRow(fleet.sim.store, "b"))?.state, 4 + 1);
  });

  test(`${store}: who gives up waiting leaves nothing locked, and those behind it get their turn`, async () => {
    await using fleet = await TestFleet.open(1, { store, functions, settings: SETTINGS });
    await fleet.start(0, "holds", "holder", 10_000);
    await fleet.start(0, "givesUp", "waits");
    await ended(fleet, "waits", "Failed", 3_000);
    assert.equal((await entityRow(fleet.sim.store, "a"))?.lockedBy, "holder");
    await ended(fleet, "holder", "Completed", 12_000);
    await assertPassedOn(fleet);
  });

  test(`${store}: the workers of the entities die while a lock is on its way, given or given back: nothing stays locked`, async () => {
    for (const killAfter of store === "memory" ? [0, 2, 4, 6, 8, 10, 14] : [4, 10]) {
      await using fleet = await TestFleet.open(2, { store, functions, settings: SETTINGS });
      void fleet.client(1).start({ name: "holds", instanceId: "one", input: jsonCodec.encode(5) });
      void fleet.client(0).start({ name: "holds", instanceId: "two", input: jsonCodec.encode(5) });
      await fleet.advance(killAfter);
      fleet.kill(0);
      await fleet.join();
      await assertPassedOn(fleet);
    }
  });

  test(`${store}: one worker, five, one again, under sections that wait for each other: none waits longer than a takeover and its turn`, async () => {
    await using fleet = await TestFleet.open(1, { store, functions, settings: SETTINGS });
    const ids: string[] = [];
    const begin = async (node: number, count: number) => {
      for (let i = 0; i < count; i++) {
        const id = `t${ids.length}`;
        ids.push(id);
        const input = jsonCodec.encode({ from: "abcd"[i % 4], to: "bcda"[i % 4], amount: 1 });
        void fleet.client(node).start({ name: "transfer", instanceId: id, input });
        await fleet.advance(3);
      }
    };
    await begin(0, 5);
    for (let more = 0; more < 4; more++) await fleet.join();
    for (const node of [0, 1, 2, 3, 4]) await begin(node, 5);
    for (const node of [0, 1, 2, 3]) {
      fleet.kill(node);
      await begin(4, 5);
    }
    for (const id of ids) {
      if ((await fleet.sim.store.getInstance(instanceId(id))) !== null) await ended(fleet, id, "Completed", 10_000);
    }
    await fleet.advance(500);
    await assertFree(fleet.sim.store, ["a", "b", "c", "d"]);
  });
}
