import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualTime } from "../../packages/perdure/src/testing/virtual-time.ts";
import type { SteadyLoad } from "./steady.ts";
import { runSteadyLoad } from "./steady.ts";

/** On a clock of its own, which passes as fast as it can. */
async function run(time: VirtualTime, load: SteadyLoad) {
  const running = runSteadyLoad(load, time);
  running.catch(() => {});
  await time.advance(1_000_000);
  return await running;
}

test("starts leave at their rate, and what ends in time is counted", async () => {
  const started: number[] = [];
  const once = async (n: number): Promise<void> => {
    started.push(n);
  };
  const result = await run(new VirtualTime(), { startsPerSecond: 1_000, seconds: 0.1, whenBehind: "fail", once });
  assert.ok(started.length > 0 && started.length <= 100, `${started.length} starts`);
  assert.deepEqual(
    started,
    Array.from(started, (_, n) => n),
  );
  assert.equal(result.completed, started.length);
});

test("what ends too late counts for the latencies alone", async () => {
  const time = new VirtualTime();
  const { completed, p50Ms } = await run(time, { startsPerSecond: 1_000, seconds: 0.05, whenBehind: "hold", once: () => time.sleep(120) });
  assert.equal(completed, 0);
  assert.ok((p50Ms ?? 0) >= 100, `${p50Ms} ms`);
});

test("a load that falls behind is an error or is held back, as the scenario wants it", async () => {
  const time = new VirtualTime();
  const falling = { startsPerSecond: 10_000_000, seconds: 0.05 };
  await assert.rejects(run(time, { ...falling, whenBehind: "fail", once: () => time.sleep(100) }), /unfinished at 10000000 starts\/s/);
  let most = 0;
  let unfinished = 0;
  await run(time, {
    ...falling,
    whenBehind: "hold",
    once: async () => {
      most = Math.max(most, ++unfinished);
      await time.sleep(100);
      unfinished--;
    },
  });
  assert.equal(most, 20_000);
});

test("a wrong result ends the load", async () => {
  const once = (): Promise<void> => Promise.reject(new Error("wrong"));
  await assert.rejects(run(new VirtualTime(), { startsPerSecond: 1_000, seconds: 10, whenBehind: "hold", once }), /wrong/);
});

test("what the bench itself has disturbed does not count for the latencies", async () => {
  const time = new VirtualTime();
  const load = { startsPerSecond: 1_000, seconds: 0.05, whenBehind: "hold", once: (n: number) => time.sleep(n < 10 ? 500 : 20) } as const;
  const all = await run(time, load);
  assert.ok((all.p99Ms ?? 0) >= 500, `${all.p99Ms} ms`);
  const counted = await run(time, { ...load, undisturbed: (fromMs, toMs) => toMs - fromMs < 500 });
  assert.ok((counted.p99Ms ?? 0) >= 20 && (counted.p99Ms ?? 0) < 500, `${counted.p99Ms} ms`);
});
