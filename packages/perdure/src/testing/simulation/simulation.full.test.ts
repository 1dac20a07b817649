import assert from "node:assert/strict";
import test from "node:test";
import { runInChild } from "./child.ts";

// In the gate planted faults are found by `sim --gate`.
test("a planted fault fails a seed, and the same seed is sound without it", async () => {
  const task = { from: 1, seeds: 1, store: "memory", run: "cluster", before: null, stopAtFirst: true } as const;
  const planted = await runInChild({ ...task, plant: "child-does-not-answer" }, 60_000);
  assert.match(planted.failures[0]?.problems[0] ?? "", /liveness|child-answers/);
  const sound = await runInChild({ ...task, plant: null }, 60_000);
  assert.deepEqual(sound.failures, []);
});
