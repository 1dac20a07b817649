import assert from "node:assert/strict";
import { test } from "node:test";
import { runSteadyLoad } from "./steady.ts";

test("starts leave at their rate, and what ends in time is counted", async () => {
  const started: number[] = [];
  const result = await runSteadyLoad({
    startsPerSecond: 1_000,
    seconds: 0.1,
    whenBehind: "fail",
    once: async (n) => {
      started.push(n);
    },
  });
  assert.ok(started.length > 0 && started.length <= 100, `${started.length} starts`);
  assert.deepEqual(
    started,
    Array.from(started, (_, n) => n),
  );
  // The last ones may leave in time and end too late, on a machine that is busy with something else.
  assert.ok(result.completed > 0 && result.completed <= started.length, `${result.completed} of ${started.length}`);
});

test("what ends too late counts for the latencies alone", async () => {
  const late = runSteadyLoad({
    startsPerSecond: 1_000,
    seconds: 0.05,
    whenBehind: "hold",
    once: () => new Promise((resolve) => setTimeout(resolve, 120)),
  });
  const { completed, p50Ms } = await late;
  assert.equal(completed, 0);
  assert.ok((p50Ms ?? 0) >= 100, `${p50Ms} ms`);
});

test("a load that falls behind is an error or is held back, as the scenario wants it", async () => {
  const falling = { startsPerSecond: 10_000_000, seconds: 0.05 };
  await assert.rejects(
    runSteadyLoad({ ...falling, whenBehind: "fail", once: () => new Promise((resolve) => setTimeout(resolve, 100)) }),
    /unfinished at 10000000 starts\/s/,
  );
  let most = 0;
  let unfinished = 0;
  await runSteadyLoad({
    ...falling,
    whenBehind: "hold",
    once: async () => {
      most = Math.max(most, ++unfinished);
      await new Promise((resolve) => setTimeout(resolve, 100));
      unfinished--;
    },
  });
  assert.equal(most, 20_000);
});

test("a wrong result ends the load", async () => {
  const once = (): Promise<void> => Promise.reject(new Error("wrong"));
  await assert.rejects(runSteadyLoad({ startsPerSecond: 1_000, seconds: 10, whenBehind: "hold", once }), /wrong/);
});
