import assert from "node:assert/strict";
import { test } from "node:test";
import { failure, kindsOf, outputOf } from "../../src/executors/testing/episode-driver.testsuite.ts";
import { begin } from "./probe.testsuite.ts";

const RETRY = { maxAttempts: 3, firstInterval: "2s", backoff: 3 } as const;

test("retries: durable timers between attempts, the task settles with the final outcome only", async () => {
  const { driver, functions } = begin(async (ctx) => {
    const task = ctx.callActivity("Flaky", 7, { retry: RETRY, timeout: "1m" });
    return [await task, task.isFaulted];
  });
  const first = await driver.start();
  assert.deepEqual(first.actions, [{ kind: "callActivity", id: 0, name: "Flaky", input: "7", timeoutMs: 60_000 }]);
  const second = await driver.failed(0, failure("one"), { done: 3 }).episode();
  assert.deepEqual(second.actions, [{ kind: "createTimer", id: 1, fireAt: driver.now + 2_000, retryOf: 0 }]);
  const third = await driver.fired(1).episode();
  assert.deepEqual(third.actions, [
    { kind: "callActivity", id: 2, name: "Flaky", input: "7", retry: { of: 0, attempt: 2 }, timeoutMs: 60_000, progress: '{"done":3}' },
  ]);
  const fourth = await driver
    .failed(2, failure("two", { errorType: "TimeoutError" }))
    .evict()
    .episode();
  assert.deepEqual(fourth.actions, [{ kind: "createTimer", id: 3, fireAt: driver.now + 6_000, retryOf: 2 }]);
  const fifth = await driver.fired(3).episode();
  assert.deepEqual(fifth.actions, [
    { kind: "callActivity", id: 4, name: "Flaky", input: "7", retry: { of: 0, attempt: 3 }, timeoutMs: 60_000, progress: '{"done":3}' },
  ]);
  const last = await driver.completed(4, "at last").evict().episode();
  assert.deepEqual(outputOf(last.outcome), ["at last", false]);
  await driver.assertReplays(functions);
});

test("with a first interval of nothing each attempt begins at once, by a timer that is due", async () => {
  const retry = { maxAttempts: 3, firstInterval: "0s", backoff: 2 } as const;
  const { driver, functions } = begin((ctx) => ctx.callActivity("Flaky", 1, { retry }));
  await driver.start();
  const again = await driver.failed(0, failure("one")).episode();
  assert.deepEqual(again.actions, [{ kind: "createTimer", id: 1, fireAt: driver.now, retryOf: 0 }]);
  assert.deepEqual(kindsOf((await driver.fired(1).evict().episode()).actions), ["callActivity"]);
  const last = await driver.failed(2, failure("two")).episode();
  assert.deepEqual(last.actions, [{ kind: "createTimer", id: 3, fireAt: driver.now, retryOf: 2 }]);
  await driver.fired(3).episode();
  assert.deepEqual(outputOf((await driver.completed(4, "done").evict().episode()).outcome), "done");
  await driver.assertReplays(functions);
});

test("retries end: attempts spent, time spent, non-retriable, handle says no or throws", async () => {
  const attempt = async (retry: object, found = failure("x"), wait = 0): Promise<readonly string[]> => {
    const { driver } = begin((ctx) => ctx.callActivity("Flaky", 1, { retry: { ...RETRY, ...retry } }));
    await driver.start();
    return kindsOf((await driver.after(wait).failed(0, found).episode()).actions);
  };
  assert.deepEqual(await attempt({}), ["createTimer"]);
  assert.deepEqual(await attempt({ maxAttempts: 1 }), []);
  assert.deepEqual(await attempt({ timeout: "10s" }, failure("x"), 9_999), ["createTimer"]);
  assert.deepEqual(await attempt({ timeout: "10s" }, failure("x"), 10_000), []);
  assert.deepEqual(await attempt({}, failure("x", { isNonRetriable: true })), []);
  assert.deepEqual(await attempt({ handle: () => false }), []);
  assert.deepEqual(await attempt({ handle: (given: { message: string }) => given.message === "x" }), ["createTimer"]);
  const throwing = (): boolean => {
    throw new Error("in handle");
  };
  assert.deepEqual(await attempt({ handle: throwing }), []);
  assert.deepEqual(await attempt({ handle: async () => true }), []);
  // A rejection of that promise is unhandled too: it would end the process.
  assert.deepEqual(await attempt({ handle: async () => throwing() }), []);
});

test("the decision of a retry is what history says: handle is not asked again in replay", async () => {
  let asked = 0;
  let decision = true;
  const handle = (): boolean => {
    asked++;
    return decision;
  };
  const { driver, functions } = begin((ctx) =>
    ctx.callActivity("Flaky", 1, { retry: { ...RETRY, handle } }).catch((error: unknown) => String(error)),
  );
  await driver.start();
  await driver.failed(0, failure("one")).episode();
  assert.equal(asked, 1);
  decision = false;
  const retried = await driver.fired(1).evict().episode();
  assert.deepEqual(kindsOf(retried.actions), ["callActivity"]);
  const ended = await driver.failed(2, failure("two")).evict().episode();
  assert.equal(asked, 2);
  assert.equal(outputOf(ended.outcome), 'ActivityFailedError: Activity "Flaky" failed: two');
  await driver.assertReplays(functions);
});

test("jitter shortens pauses by the same share in every replay", async () => {
  const pauseOf = async (id: string): Promise<number> => {
    const { driver } = begin((ctx) => ctx.callActivity("Flaky", 1, { retry: { ...RETRY, jitter: 0.5 } }), { options: { id } });
    await driver.start();
    const { actions } = await driver.failed(0, failure("x")).episode();
    return actions[0]?.kind === "createTimer" ? actions[0].fireAt - driver.now : Number.NaN;
  };
  const [one, again, other] = [await pauseOf("a"), await pauseOf("a"), await pauseOf("b")];
  assert.equal(one, again);
  assert.notEqual(one, other);
  for (const pause of [one, other]) assert.ok(pause >= 1_000 && pause <= 2_000, `${pause}`);
});

test("sub-orchestrations are retried too: a given id stays, a minted one is new", async () => {
  for (const given of [undefined, "child"]) {
    const { driver } = begin((ctx) =>
      ctx.callSubOrchestrator("Child", 1, { retry: RETRY, ...(given === undefined ? {} : { instanceId: given }) }),
    );
    const [first] = (await driver.start()).actions;
    await driver.failed(0, failure("x")).episode();
    const [second] = (await driver.fired(1).episode()).actions;
    assert.ok(first?.kind === "callSubOrchestrator" && second?.kind === "callSubOrchestrator");
    assert.deepEqual(second.retry, { of: 0, attempt: 2 });
    assert.deepEqual([first.minted, second.minted], [given === undefined, given === undefined]);
    assert.equal(first.instanceId === second.instanceId, given !== undefined);
  }
});
