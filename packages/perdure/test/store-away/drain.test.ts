import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor } from "../../src/model/executor.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { AwayHub, MOODS } from "./away-hub.testsuite.ts";

const DRAIN_MS = 2_000;

function app(time: () => { after(ms: number, task: () => void): () => void }) {
  const heard: string[] = [];
  const listens = activity(
    "listens",
    (_: string, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          heard.push(signal.reason.message);
          reject(signal.reason);
        });
      }),
  );
  const deaf = activity("deaf", (ms: number) => new Promise<number>((resolve) => void time().after(ms, () => resolve(ms))));
  const hears = orchestrator("hears", (ctx) => ctx.callActivity(listens, ctx.instanceId));
  const chain = orchestrator("chain", async (ctx) => [await ctx.callActivity(deaf, 500), await ctx.callActivity(deaf, 500)]);
  return { heard, hears, chain, functions: [listens, deaf, hears, chain] };
}

describe("a worker that is told to stop", () => {
  for (const mood of MOODS) {
    for (const store of inTurn("drain of store-away", ["memory", "sqlite"] as const)) {
      test(`is gone within its drain time and 3 s (the store: ${mood}; ${store})`, async () => {
        let hub: AwayHub | null = null;
        const { chain, hears, functions } = app(() => hub?.time ?? assert.fail());
        await using opened = await AwayHub.open({ store, functions, settings: { drainMs: DRAIN_MS } });
        hub = opened;
        for (const start of [hub.client.startNew(chain, { instanceId: "c" }), hub.client.startNew(hears, { instanceId: "h" })])
          await hub.settled(start);
        await hub.pass(100);
        hub.mood = mood;
        await hub.pass(1_000); // something to commit, in vain
        const { afterMs, error } = await hub.settled(hub.worker.stop());
        assert.equal(error, null);
        assert.ok(afterMs <= DRAIN_MS + 3_000, `${afterMs} ms`);
        assert.equal(hub.worker.phase, "stopped");
        const last = hub.log.at(-1);
        if (mood === "answers") assert.equal(last?.event, "worker.left");
        else assert.match(`${last?.event}: ${last?.message}`, /^worker.leave-failed: .*(the store is away|does not answer|fenced)/);
      });
    }
  }

  test("fires the signals of its activities at once, lets the others finish, and begins nothing more", async () => {
    let hub: AwayHub | null = null;
    const { chain, heard, hears, functions } = app(() => hub?.time ?? assert.fail());
    await using opened = await AwayHub.open({ functions, settings: { drainMs: DRAIN_MS } });
    hub = opened;
    for (const start of [hub.client.startNew(chain, { instanceId: "c" }), hub.client.startNew(hears, { instanceId: "h" })])
      await hub.settled(start);
    await hub.pass(100);
    const stopping = hub.worker.stop();
    await hub.pass(10);
    assert.equal(heard.length, 1);
    assert.match(heard[0] ?? "", /"listens" was aborted.*shutdown/);
    const { afterMs } = await hub.settled(stopping);
    assert.ok(afterMs > 300 && afterMs < 600, `the first activity of the chain ends, the second does not begin: ${afterMs} ms`);
    const kinds = (await hub.sim.store.readHistory("c" as never)).flatMap((chunk) => JSON.parse(chunk.events)).map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === "TaskCompleted").length, 1);
    assert.equal(kinds.filter((kind) => kind === "TaskScheduled").length, 2);
  });

  test("hands back what an episode has taken that does not end in time", async () => {
    const waits = orchestrator("waits", async (ctx) => [
      await ctx.waitForExternalEvent<string>("Go"),
      await ctx.waitForExternalEvent<string>("Go"),
    ]);
    const forEver = (native: Executor): Executor =>
      wrapExecutor(native, {
        runEpisode: (request) =>
          request.fresh.some(({ kind }) => kind === "EventRaised") ? new Promise(() => {}) : native.runEpisode(request),
      });
    await using hub = await AwayHub.open({ functions: [waits], settings: { drainMs: DRAIN_MS }, executor: forEver });
    await hub.settled(hub.client.startNew(waits, { instanceId: "w" }));
    const raised = Promise.allSettled(["a", "b"].map((word) => hub.client.raiseEvent("w", "Go", word)));
    await hub.pass(100);
    const { value: outcomes } = await hub.settled(Promise.all([raised, hub.worker.stop()]));
    assert.deepEqual(
      outcomes?.[0].map(({ status }) => status),
      ["fulfilled", "fulfilled"],
    );
    const { instances, inbox } = await hub.sim.store.dump();
    assert.deepEqual([instances[0]?.owner, inbox.map(({ kind }) => kind)], [null, ["event", "event"]]);
  });
});
