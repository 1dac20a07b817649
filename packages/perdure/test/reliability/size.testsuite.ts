import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { activity, orchestrator, TaskHub } from "perdure";

const MIB = 1_024 * 1_024;
const noop = activity("noop", (n: number) => n);
const small = orchestrator("small", async (ctx) => ctx.callActivity(noop, 1));
/** 100 activities at a time: two events each. */
const long = orchestrator("long", async (ctx, events: number) => {
  let done = 0;
  while (done * 2 < events) done += (await Promise.all(Array.from({ length: 100 }, (_, n) => ctx.callActivity(noop, n)))).length;
  ctx.setCustomStatus("waits");
  await ctx.waitForExternalEvent("Go");
  return done;
});
const steps = orchestrator("steps", async (ctx, count: number) => {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    await ctx.callActivity(noop, i);
    times.push(ctx.currentUtcDateTime.getTime());
  }
  return times;
});

async function withHub(run: (hub: TaskHub) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-size-"));
  const hub = await TaskHub.open(`file:${join(folder, "hub.db")}`, {
    functions: [noop, small, long, steps],
    engine: { idleReleaseMs: 200 },
  });
  await hub.start();
  try {
    await run(hub);
  } finally {
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function longHistoryCase(events: number): void {
  test(`case 35: a history of ${events} events: memory is bounded, other instances keep their latency, and it wakes again after it has left memory`, {
    timeout: 60_000,
  }, async () => {
    await withHub(async (hub) => {
      await (await hub.client.startNew(small)).result();
      const rssBefore = process.memoryUsage().rss;
      const big = await hub.client.startNew(long, { instanceId: "long", input: events });
      const taken: number[] = [];
      const isWaiting = async () => (await hub.client.getStatus("long"))?.customStatus === "waits";
      for (let n = 0; n < 20; n++) {
        const began = performance.now();
        await (await hub.client.startNew(small)).result();
        taken.push(performance.now() - began);
      }
      while (!(await isWaiting())) await sleep(50);
      const length = (await hub.client.getStatus("long", { showHistory: true }))?.history?.length ?? 0;
      assert.ok(length >= events, `its history holds ${length} events`);
      taken.sort((a, b) => a - b);
      assert.ok((taken[10] ?? Number.POSITIVE_INFINITY) < 250, `others waited ${taken[10]} ms in the middle of it`);
      await sleep(1_500); // it leaves memory: from here on only its history is left
      await big.raiseEvent("Go");
      assert.equal(await big.result({ timeout: "20s" }), events / 2);
      const grown = (process.memoryUsage().rss - rssBefore) / MIB;
      assert.ok(grown < 500, `the process grew by ${grown} MB`);
    });
  });
}

export function flatCostCase(last: number): void {
  test(`case 36: the cost of an activity is flat within 2x at activity 10, ${last / 2} and ${last}`, { timeout: 60_000 }, async () => {
    await withHub(async (hub) => {
      await (await hub.client.startNew(steps, { input: 300 })).result(); // warm
      const ratios: number[] = [];
      // The machine is shared: one calm run in five shows what the engine costs.
      for (let attempt = 0; attempt < 5; attempt++) {
        const times = await (await hub.client.startNew(steps, { input: last + 400 })).result();
        const span = (from: number) => (times[from + 390] ?? 0) - (times[from] ?? 0);
        const ratio = Math.max(span(last / 2), span(last)) / Math.max(span(10), 1);
        ratios.push(ratio);
        if (ratio <= 2) return;
      }
      assert.fail(`the later activities cost ${ratios.map((ratio) => ratio.toFixed(1)).join(", ")} times as much as the first`);
    });
  });
}
