import assert from "node:assert/strict";
import { test } from "node:test";
import { failure } from "../../src/executors/testing/episode-driver.testsuite.ts";
import type { Body } from "./probe.testsuite.ts";
import { begin } from "./probe.testsuite.ts";

type Driver = ReturnType<typeof begin>["driver"];

/** The ids that the end of an orchestration names as its causes, in the first run and in a replay. */
async function causesIn(body: Body, fail: (driver: Driver) => Promise<unknown>): Promise<unknown> {
  const { driver, functions } = begin(body);
  await driver.start();
  await fail(driver);
  const { outcome } = driver;
  assert.equal(outcome?.kind, "failed");
  await driver.assertReplays(functions);
  return outcome.kind === "failed" ? outcome.causedBy : undefined;
}

const CALLS: readonly (readonly [title: string, body: Body, fail: (driver: Driver) => Promise<unknown>, causes: unknown])[] = [
  ["an activity that is awaited", (ctx) => ctx.callActivity("a"), (d) => d.failed(0, failure("x")).episode(), [0]],
  [
    "the last of several attempts",
    (ctx) => ctx.callActivity("a", 1, { retry: { maxAttempts: 2, firstInterval: "1s" } }),
    async (d) => {
      await d.failed(0, failure("x")).episode();
      await d.fired(1).episode();
      await d.failed(2, failure("x")).evict().episode();
    },
    [2],
  ],
  [
    "a wrapped error",
    (ctx) =>
      ctx.callActivity("a").catch((cause) => {
        throw new Error("outer", { cause: new Error("inner", { cause }) });
      }),
    (d) => d.failed(0, failure("x")).episode(),
    [0],
  ],
  [
    "all members of an AggregateError, more than a stored failure holds",
    (ctx) => ctx.all(Array.from({ length: 40 }, () => ctx.callActivity("a"))),
    (d) =>
      Array.from({ length: 40 })
        .reduce<Driver>((driver, _, id) => driver.failed(id, failure("x")), d)
        .episode(),
    Array.from({ length: 40 }, (_, id) => id),
  ],
  [
    "a cause that is deeper than a stored failure",
    (ctx) =>
      ctx.callActivity("a").catch((error: unknown) => {
        let cause = error;
        for (let depth = 0; depth < 1_000; depth += 1) cause = new Error(`${depth}`, { cause });
        throw cause;
      }),
    (d) => d.failed(0, failure("x")).episode(),
    [0],
  ],
  [
    "a failure that was kept and thrown later",
    async (ctx) => {
      const kept = await ctx.callActivity("a").catch((error: unknown) => error);
      await ctx.callActivity("cleanup");
      throw kept;
    },
    async (d) => {
      await d.failed(0, failure("x")).episode();
      await d.completed(1, "clean").evict().episode();
    },
    [0],
  ],
  [
    "the result of a faulted task",
    async (ctx) => {
      const task = ctx.callActivity("a");
      await ctx.any([task]);
      return task.result;
    },
    (d) => d.failed(0, failure("x")).episode(),
    [0],
  ],
  ["a sub-orchestration", (ctx) => ctx.callSubOrchestrator("c"), (d) => d.failed(0, failure("x")).episode(), [0]],
  ["a wait that timed out", (ctx) => ctx.waitForExternalEvent("Go", { timeout: "1m" }), (d) => d.fired(0).episode(), [0]],
  [
    "an error of its own beside a failure that was handled",
    async (ctx) => {
      await ctx.callActivity("a").catch(() => {});
      throw new Error("own");
    },
    (d) => d.failed(0, failure("x")).episode(),
    undefined,
  ],
  [
    "an error that contains itself, with fields that cannot be read",
    (ctx) =>
      ctx.callActivity("a").catch((cause) => {
        const error: Error & { again?: unknown } = new Error("outer", { cause: [cause] });
        Object.assign(error, { errors: [error, new Proxy({}, { get: () => assert.fail("not readable") })] });
        throw error;
      }),
    (d) => d.failed(0, failure("x")).episode(),
    [0],
  ],
];

for (const [title, body, fail, causes] of CALLS) {
  test(`what a failure was caused by: ${title}`, async () => {
    assert.deepEqual(await causesIn(body, fail), causes);
  });
}

test("a text that was thrown names no cause", async () => {
  const thrown = await causesIn(
    (ctx) =>
      ctx.callActivity("a").catch((error: unknown) => {
        throw String(error);
      }),
    (d) => d.failed(0, failure("x")).episode(),
  );
  assert.equal(thrown, undefined);
});
