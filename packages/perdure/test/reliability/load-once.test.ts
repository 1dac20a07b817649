import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { AwayHub } from "../store-away/away-hub.testsuite.ts";

const SLEEPERS = 200;
const HOUR_MS = 3_600_000;

const increment = activity("increment", (n: number) => n + 1);
const sleeper = orchestrator("sleeper", async (ctx) => {
  const one = await ctx.callActivity(increment, 0);
  await ctx.createTimer("1h");
  return one + (await ctx.callActivity(increment, one));
});
const listener = orchestrator("listener", async (ctx) => {
  const one = await ctx.callActivity(increment, 0);
  return one + (await ctx.waitForExternalEvent<number>("Go"));
});
const functions = [increment, sleeper, listener];

test("instances that were released and come due are read many at a time, each once", async () => {
  await using hub = await AwayHub.open({ functions, settings: { idleReleaseMs: 1_000 } });
  const started = await hub.settled(Promise.all(Array.from({ length: SLEEPERS }, () => hub.client.startNew(sleeper))));
  const runs = started.value ?? [];
  await hub.pass(20_000);
  for (const { instanceId } of runs) assert.equal(hub.worker.peek(instanceId), undefined, "it has left the worker's memory");
  const before = hub.calls.length;
  await hub.pass(HOUR_MS);
  const { value: results } = await hub.settled(Promise.all(runs.map((run) => run.result())));
  assert.deepEqual(new Set(results), new Set([3]));
  const calls = hub.calls.slice(before);
  assert.equal(calls.filter((call) => call === "loadHistory").length, 0);
  assert.ok(calls.filter((call) => call === "load").length <= 4, `${calls.filter((call) => call === "load").length} reads`);
});

test("an event to an instance that was released costs one read of it", async () => {
  await using hub = await AwayHub.open({ functions, settings: { idleReleaseMs: 1_000 } });
  const { value: run } = await hub.settled(hub.client.startNew(listener));
  assert.ok(run !== null);
  await hub.pass(20_000);
  assert.equal(hub.worker.peek(run.instanceId), undefined, "it has left the worker's memory");
  const before = hub.calls.length;
  await hub.settled(run.raiseEvent("Go", 2));
  assert.equal((await hub.settled(run.result())).value, 3);
  const calls = hub.calls.slice(before);
  assert.deepEqual(
    calls.filter((call) => call.startsWith("load")),
    ["load"],
  );
});
