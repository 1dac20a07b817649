import assert from "node:assert/strict";
import { test } from "node:test";
import { failureIn, outputOf } from "../../src/executors/testing/episode-driver.testsuite.ts";
import type { EventRaised } from "../../src/model/history.ts";
import { payload } from "../../src/model/payload.ts";
import type { Body } from "./probe.testsuite.ts";
import { begin } from "./probe.testsuite.ts";

test("events: names compare ordinal-ignore-case, payloads first in first out, buffered when there is no wait", async () => {
  const { driver } = begin(async (ctx) => {
    await ctx.callActivity("First");
    const seen = [await ctx.waitForExternalEvent("GO"), await ctx.waitForExternalEvent("go")];
    return [...seen, await ctx.waitForExternalEvent("Größe")];
  });
  await driver.start();
  await driver.raised("Go", 1).raised("gO", 2).raised("GRÖSSE", "other").episode();
  assert.equal((await driver.completed(0).episode()).outcome, null);
  assert.deepEqual(outputOf((await driver.raised("GRÖßE", 3).episode()).outcome), [1, 2, 3]);
});

test("case 3: two waits on one name, the second event during an activity goes to the second wait", async () => {
  const { driver } = begin(async (ctx) => {
    const first = await ctx.waitForExternalEvent("Go");
    await ctx.callActivity("Between");
    return [first, await ctx.waitForExternalEvent("Go")];
  });
  await driver.start();
  await driver.raised("Go", 1).raised("Go", 2).episode();
  assert.deepEqual(outputOf((await driver.completed(0).episode()).outcome), [1, 2]);
});

test("case 4: a loop over any where the timer wins 100 times, then one event: the live turn gets it", async () => {
  const { driver, functions } = begin(async (ctx) => {
    for (let turn = 0; ; turn++) {
      const event = ctx.waitForExternalEvent<string>("Go");
      const { key } = await ctx.any({ event, timer: ctx.createTimer("1s") });
      if (key === "event") return [turn, event.result];
    }
  });
  await driver.start();
  for (let turn = 0; turn < 100; turn++) {
    if (turn % 30 === 0) driver.evict();
    await driver.fired(turn).episode();
  }
  assert.deepEqual(outputOf((await driver.raised("go", "here").episode()).outcome), [100, "here"]);
  await driver.assertReplays(functions);
});

test("case 6: two different waits resolved in one batch: the order of arrival, live and in replay", async () => {
  const { driver, functions } = begin(async (ctx) => {
    const seen: unknown[] = [];
    await Promise.all(["A", "B"].map(async (name) => seen.push(name, await ctx.waitForExternalEvent(name), ctx.newGuid())));
    return seen;
  });
  await driver.start();
  const { outcome } = await driver.raised("B", 2).raised("A", 1).episode();
  const seen = outputOf(outcome);
  assert.deepEqual(Array.isArray(seen) ? [seen[3], seen[4] !== seen[2]].length : 0, 2);
  await driver.assertReplays(functions);
});

test("of several waits the newest is served first; a cancelled one takes nothing", async () => {
  const { driver } = begin(async (ctx) => {
    const [oldest, middle, newest] = [ctx.waitForExternalEvent("Go"), ctx.waitForExternalEvent("Go"), ctx.waitForExternalEvent("Go")];
    newest.cancel();
    newest.cancel();
    const first = await ctx.any({ oldest, middle, newest });
    return [first.key, await middle, await oldest, newest.isCancelled, newest.isCompleted];
  });
  await driver.start();
  assert.deepEqual(outputOf((await driver.raised("Go", 1).raised("Go", 2).episode()).outcome), ["middle", 1, 2, true, false]);
});

test("a wait with a timeout: the event cancels the timer, the timer ends the wait", async () => {
  const body: Body = async (ctx) => {
    const value = await ctx.waitForExternalEvent("Go", { timeout: "10s", default: "none" });
    return [value, await ctx.waitForExternalEvent("Go", { timeout: { minutes: 1 } })];
  };
  const { driver } = begin(body);
  assert.deepEqual((await driver.start()).actions, [{ kind: "createTimer", id: 0, fireAt: driver.now + 10_000 }]);
  const second = await driver.raised("Go", 1).episode();
  assert.deepEqual(second.actions, [
    { kind: "cancelTimer", timerId: 0 },
    { kind: "createTimer", id: 1, fireAt: driver.now + 60_000 },
  ]);
  const ended = await driver.fired(1).episode();
  const found = failureIn(ended.outcome);
  assert.deepEqual([found.errorType, found.message], ["TimeoutError", "Event Go not received in 60000ms"]);

  const other = begin(async (ctx) => {
    const value = await ctx.waitForExternalEvent("Go", { timeout: "10s", default: "none" });
    await ctx.callActivity("Next");
    return [value, await ctx.waitForExternalEvent("Go")];
  }).driver;
  await other.start();
  await other.fired(0).episode();
  await other.raised("Go", "late").episode();
  assert.deepEqual(outputOf((await other.completed(1).episode()).outcome), ["none", "late"]);
});

test("a kept event needs no timer, and events before the first episode are kept", async () => {
  const carryOver: EventRaised[] = [{ kind: "EventRaised", ts: 1, name: "go", input: payload("5") }];
  const { driver } = begin((ctx) => ctx.waitForExternalEvent("Go", { timeout: "10s" }), { options: { carryOver } });
  const { actions, outcome } = await driver.start();
  assert.deepEqual(actions, []);
  assert.equal(outputOf(outcome), 5);
});
