import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import type { WorkerSettings } from "../../src/engine/options.ts";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor } from "../../src/model/executor.ts";
import type { Store } from "../../src/store/contract.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import type { NodeTime } from "../../src/testing/virtual-time.ts";
import { AwayHub } from "../store-away/away-hub.testsuite.ts";

const SLOW_MS = 3_000;

const increment = activity("increment", (n: number) => n + 1);
const quick = orchestrator("quick", async (ctx) => {
  let sum = 0;
  for (let i = 0; i < 3; i++) sum = await ctx.callActivity(increment, sum);
  return sum;
});
const holdsItsThread = orchestrator("holds-its-thread", () => "slow");
const hasMuchToLoad = orchestrator("has-much-to-load", (ctx) => ctx.waitForExternalEvent<string>("Go"));
const functions = [quick, holdsItsThread, hasMuchToLoad, increment];

/** Answers some episodes three seconds later than the native executor: the thread on which it runs them is held. Others have lost their cursor. */
const onAnotherThread = (native: Executor, time: NodeTime): Executor =>
  wrapExecutor(native, {
    runEpisode: async (request) => {
      if (request.name === hasMuchToLoad.name && request.history === null) return { kind: "historyNeeded" };
      const result = await native.runEpisode(request);
      if (request.name === holdsItsThread.name) await new Promise<void>((resolve) => time.after(SLOW_MS, resolve));
      return result;
    },
  });

/** One of its reads takes three seconds. */
const slowToRead = (read: "load" | "loadHistory") => (store: Store, time: NodeTime) =>
  interceptStore(store, async (method, call) => {
    if (method === read) await new Promise<void>((resolve) => time.after(SLOW_MS, resolve));
    return call();
  });

function open(settings: Partial<WorkerSettings>, read: "load" | "loadHistory" = "load"): Promise<AwayHub> {
  return AwayHub.open({ functions, executor: onAnotherThread, around: slowToRead(read), settings: { idleReleaseMs: 1_000, ...settings } });
}

/** How long each of many quick instances took that ran side by side, the slowest in a hundred: virtual time. */
async function p99(hub: AwayHub, count: number): Promise<number> {
  const { world } = hub.sim;
  const took: number[] = [];
  const runs = Array.from({ length: count }, async () => {
    const began = world.monotonicMs();
    const run = await hub.client.startNew(quick);
    assert.equal(await run.result(), 3);
    took.push(world.monotonicMs() - began);
  });
  await hub.settled(Promise.all(runs));
  assert.equal(took.length, count);
  return took.sort((a, b) => a - b)[Math.floor(0.99 * count)] ?? Number.NaN;
}

const ONE_EPISODE = { maxEpisodesPerCommit: 1 };

/** `count`: quick ones beside it. */
export function slowNeighbourCases(count: number, commitsOfOne: boolean): void {
  const settings = commitsOfOne ? ONE_EPISODE : {};
  const title = commitsOfOne ? ", while each commit takes one episode" : "";
  test(`quick instances do not wait for an orchestrator that holds a thread for three seconds${title}`, async () => {
    await using hub = await open(settings);
    const alone = await p99(hub, count);
    const { value: slow } = await hub.settled(hub.client.startNew(holdsItsThread));
    const beside = await p99(hub, count);
    assert.ok(beside <= 2 * alone, `p99 ${beside} ms beside it, ${alone} ms alone`);
    assert.equal((await hub.settled(slow?.result() ?? Promise.reject(new Error("not started")))).value, "slow");
  });

  for (const read of ["load", "loadHistory"] as const)
    test(`quick instances do not wait for one whose ${read} takes three seconds${title}`, async () => {
      await using hub = await open(settings, read);
      const alone = await p99(hub, count);
      const { value: slow } = await hub.settled(hub.client.startNew(hasMuchToLoad));
      await hub.pass(20_000);
      assert.equal(hub.worker.peek(slow?.instanceId ?? ""), undefined, "it has left the worker's memory");
      await hub.settled(slow?.raiseEvent("Go", "loaded") ?? Promise.reject(new Error("not started")));
      await hub.pass(50);
      const beside = await p99(hub, count);
      assert.ok(beside <= 2 * alone, `p99 ${beside} ms beside it, ${alone} ms alone`);
      assert.equal((await hub.settled(slow?.result() ?? Promise.reject(new Error("not started")))).value, "loaded");
    });
}

export function slowTogetherCase(): void {
  test("answers of slow episodes that come together are committed together", async () => {
    await using hub = await open({});
    const { value: runs } = await hub.settled(Promise.all(Array.from({ length: 100 }, () => hub.client.startNew(holdsItsThread))));
    await hub.pass(SLOW_MS - 500);
    const before = hub.calls.filter((call) => call === "commit").length;
    await hub.settled(Promise.all((runs ?? []).map((run) => run.result())));
    const commits = hub.calls.filter((call) => call === "commit").length - before;
    assert.ok(commits < 10, `${commits} commits for 100 episodes`);
  });
}
