import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TaskHubOptions } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";

/** As many as the engine lets begin before the event loop turns, and as many beside others, with what they meet in one commit. */
const MOST_A_TURN = 1_000;
const MOST_BESIDE_OTHERS = 64;
/** From one step of a neighbour to the next it has a turn of its own, the commit of that, and the start of its activity. */
const TURNS_A_STEP = 4;
const STEPS = 5;

let ran = 0;
const count = activity("count", (n: number) => {
  ran += 1;
  return n;
});
const look = activity("look", () => ran);
const again = orchestrator("again", async (ctx, width: number) => {
  if (width === 0) return "over";
  await ctx.any(Array.from({ length: width }, (_, n) => ctx.callActivity(count, n)));
  return ctx.continueAsNew(0);
});
const fanOut = orchestrator("fan-out", async (ctx, width: number) => {
  const numbers = await ctx.all(Array.from({ length: width }, (_, n) => ctx.callActivity(count, n)));
  return numbers.reduce((sum, n) => sum + n, 0);
});
/** How many activities of others had run at each of its steps. */
const neighbour = orchestrator("neighbour", async (ctx) => {
  const seen: number[] = [];
  for (let step = 0; step < STEPS; step++) seen.push(await ctx.callActivity(look));
  return seen;
});

async function withHub(kind: "memory" | "file", options: TaskHubOptions, run: (hub: TaskHub) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-fan-out-"));
  const functions = [count, look, again, fanOut, neighbour];
  const hub = await TaskHub.open(kind === "memory" ? "memory:" : `file:${join(folder, "hub.db")}`, { functions, ...options });
  await hub.start();
  ran = 0;
  try {
    await run(hub);
  } finally {
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The most activities that ran in one turn of the event loop while this did. */
async function mostInATurn<Value>(during: Promise<Value>): Promise<{ readonly value: Value; readonly most: number }> {
  let most = 0;
  let before = ran;
  let isOver = false;
  const turn = (): void => {
    most = Math.max(most, ran - before);
    before = ran;
    if (!isOver) setImmediate(turn);
  };
  turn();
  const value = await during.finally(() => {
    isOver = true;
  });
  return { value, most };
}

const sumBelow = (width: number) => (width * (width - 1)) / 2;

export function fanOutCases(width: number): void {
  for (const kind of ["memory", "file"] as const) {
    test(`of ${width} activities at once no more than ${MOST_A_TURN} run before the event loop turns (${kind})`, async () => {
      await withHub(kind, {}, async (hub) => {
        const run = await hub.client.startNew(fanOut, { input: width });
        const { value, most } = await mostInATurn(run.result());
        assert.equal(value, sumBelow(width));
        assert.equal(ran, width);
        assert.ok(most <= MOST_A_TURN, `${most} ran in one turn`);
      });
    });
  }

  test(`all of ${width} activities run when the first answer is followed by continueAsNew`, async () => {
    await withHub("memory", {}, async (hub) => {
      await (await hub.client.startNew(again, { input: width })).result();
      for (const until = performance.now() + 60_000; ran < width && performance.now() < until; )
        await new Promise((resolve) => setImmediate(resolve));
      assert.equal(ran, width);
    });
  });

  test(`beside ${width} activities of one instance others take their steps`, async () => {
    await withHub("memory", {}, async (hub) => {
      await (await hub.client.startNew(neighbour)).result();
      const wide = hub.client.startNew(fanOut, { input: width }).then((run) => run.result());
      const steps: number[] = [];
      const beside = (async () => {
        while (ran < width) steps.push(...(await (await hub.client.startNew(neighbour)).result()));
      })();
      const [sum] = await Promise.all([wide, beside]);
      assert.equal(sum, sumBelow(width));
      // What began before the first step had nothing beside it.
      const most = Math.max(...steps.map((seen, n) => seen - (steps[n - 1] ?? seen)));
      assert.ok(most <= TURNS_A_STEP * MOST_BESIDE_OTHERS, `${most} activities of the other instance from one step to the next: ${steps}`);
    });
  });
}

export function fairLineCase(): void {
  test("one activity of an instance does not wait behind all of another that came before", async () => {
    const begun: string[] = [];
    const work = activity("work", async (of: string) => {
      begun.push(of);
      await new Promise((resolve) => setImmediate(resolve));
    });
    const many = orchestrator("many", async (ctx) => {
      await ctx.all(Array.from({ length: 500 }, () => ctx.callActivity(work, "many")));
    });
    const one = orchestrator("one", async (ctx) => void (await ctx.callActivity(work, "one")));
    await withHub("memory", { functions: [work, many, one], maxConcurrent: 2 }, async (hub) => {
      const first = await hub.client.startNew(many);
      while (begun.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const last = await hub.client.startNew(one);
      await Promise.all([first.result(), last.result()]);
      const place = begun.indexOf("one");
      assert.ok(place < 200, `it was the ${place + 1}th of ${begun.length}`);
    });
  });
}
