import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { withinTimeout } from "./within-timeout.ts";

const MS = 60;

test("each run that takes longer than its time ends with it, counted from its own beginning; those that end in time are as they were", async () => {
  const began = performance.now();
  const never = new Promise<string>(() => {});
  const end = (running: Promise<string>, ms: number | null = MS) =>
    withinTimeout("F", ms, () => running).then(
      (value) => value,
      (error: Error) => (/exceeded by function: Functions\.F/.test(error.message) ? performance.now() - began : error.message),
    );
  const [inTime, broken, first, shorter] = [end(pause(5, "in time")), end(Promise.reject(new Error("broken"))), end(never), end(never, 10)];
  await pause(MS / 2);
  const [second, endless] = [end(never), end(pause(2 * MS, "no limit"), null)];
  const [firstMs, secondMs, shorterMs] = await Promise.all([first, second, shorter, endless]);
  assert.deepEqual(await Promise.all([inTime, broken, endless]), ["in time", "broken", "no limit"]);
  for (const [ms, least] of [
    [shorterMs, 10],
    [firstMs, MS],
    [secondMs, 1.5 * MS],
  ] as const)
    assert.ok(typeof ms === "number" && ms >= least - 2, String(ms));
  assert.equal(await end(pause(1, "again")), "again");
});
