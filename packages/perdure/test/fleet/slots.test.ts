import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import type { Store } from "../../src/store/contract.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import type { Place } from "./fleet.testsuite.ts";
import { TestFleet } from "./fleet.testsuite.ts";

const STORES = ["memory", "sqlite"] as const;
const SLOTS = 2;

/** Attempts that are under way, by the process in which they run: what a dead one was at does not run any more. */
class Attempts {
  readonly running = new Map<number, number>();
  /** When each began, and when each ended, in virtual time. */
  readonly began: number[] = [];
  readonly ended: number[] = [];
  most = 0;

  functions(ms: number) {
    return (place: Place) => {
      const send = activity("send", { perKey: { concurrency: SLOTS } }, async () => {
        this.#count(place.node, 1);
        this.began.push(this.now());
        await place.sleep(ms);
        this.#count(place.node, -1);
        this.ended.push(this.now());
      });
      return [send, orchestrator("sendAll", (ctx, count: number) => ctx.all(Array.from({ length: count }, () => ctx.callActivity(send))))];
    };
  }

  now = () => 0;

  died(node: number): void {
    this.running.set(node, 0);
  }

  #count(node: number, by: number): void {
    this.running.set(node, (this.running.get(node) ?? 0) + by);
    const now = [...this.running.values()].reduce((sum, count) => sum + count, 0);
    this.most = Math.max(this.most, now);
  }
}

for (const store of inTurn("slots", STORES)) {
  test(`${store}: what a killed worker was at runs again under the same slots, a takeover later, and never more at once`, async () => {
    const attempts = new Attempts();
    const fleet = await TestFleet.open(3, { store, functions: attempts.functions(1_000), settings: { leaseMs: 10_000 } });
    await using _ = fleet;
    attempts.now = () => fleet.sim.world.monotonicMs();
    await fleet.start(0, "sendAll", "i", 7);
    await fleet.advance(500);
    const victim = [...attempts.running].find(([, count]) => count > 0)?.[0];
    assert.ok(victim !== undefined, "two of them run somewhere");
    fleet.kill(victim);
    attempts.died(victim);
    const survivor = [0, 1, 2].find((node) => node !== victim) ?? 0;
    await fleet.advance(40_000);
    assert.equal((await fleet.client(survivor).getStatus("i"))?.runtimeStatus, "Completed");
    assert.equal(attempts.most, SLOTS);
    const { tasks } = await fleet.sim.store.dump();
    assert.deepEqual(tasks, []);
  });

  test(`${store}: no worker polls for a slot while all are taken, and the next call begins when one is given back`, async () => {
    const attempts = new Attempts();
    const fleet = await TestFleet.open(2, { store, functions: attempts.functions(20_000) });
    await using _ = fleet;
    attempts.now = () => fleet.sim.world.monotonicMs();
    await fleet.start(0, "sendAll", "i", 6);
    await fleet.advance(5_000);
    const before = new Map(fleet.calls);
    await fleet.advance(10_000);
    const made = (method: "commit" | "look") => (fleet.calls.get(method) ?? 0) - (before.get(method) ?? 0);
    assert.ok(made("commit") <= 10, `${made("commit")} commits in ten seconds`);
    assert.ok(made("look") <= 2 * 10 + 10, `${made("look")} looks in ten seconds`);
    await fleet.advance(50_000);
    assert.equal(attempts.most, SLOTS);
    for (const at of [2, 3, 4, 5]) {
      const waited = (attempts.began[at] ?? 0) - (attempts.ended[at - SLOTS] ?? 0);
      assert.ok(waited < 200, `call ${at} began ${waited} ms after a slot was free`);
    }
  });

  test(`${store}: a claimed call that waited for a place when its instance ended runs all the same, and gives its slot back`, async () => {
    let ran = 0;
    const functions = (place: Place) => {
      const send = activity("send", { perKey: { concurrency: 1 } }, () => {
        ran += 1;
      });
      const long = activity("long", () => place.sleep(2_000));
      const givesUp = orchestrator("givesUp", async (ctx) => void (await ctx.any([ctx.callActivity(send), ctx.createTimer("500ms")])));
      return [send, long, givesUp, orchestrator("holds", (ctx) => ctx.callActivity(long))];
    };
    // The place is taken while the claimed call is being read.
    const between = (inner: Store): Store => ({
      ...interceptStore(inner, (_, call) => call()),
      loadTasks: async (keys) => {
        await fleet.sim.world.sleep(50);
        return inner.loadTasks(keys);
      },
    });
    const fleet = await TestFleet.open(1, { store, functions, between, settings: { maxConcurrentActivities: 1 } });
    await using _ = fleet;
    await fleet.start(0, "givesUp", "ended");
    await fleet.start(0, "holds", "holder");
    await fleet.advance(1_000);
    assert.equal((await fleet.client(0).getStatus("ended"))?.runtimeStatus, "Completed");
    assert.equal(ran, 0);
    await fleet.advance(5_000);
    assert.equal(ran, 1);
    const { tasks } = await fleet.sim.store.dump();
    assert.deepEqual(tasks, []);
  });
}
