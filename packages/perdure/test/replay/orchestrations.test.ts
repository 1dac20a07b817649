import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { EpisodeDriver, failure, failureIn, idsOf, kindsOf, outputOf } from "../../src/executors/testing/episode-driver.testsuite.ts";
import type { OrchestratorContext } from "../../src/functions/context-types.ts";
import { externalEvent } from "../../src/functions/external-event.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { Action } from "../../src/model/action.ts";
import { eventId, instanceId, instanceNo } from "../../src/model/ids.ts";
import type { DurableTask } from "../../src/replay/tasks/durable-task.ts";
import { nameGuid } from "../../src/replay/values/guid.ts";
import { begin, NUMBER } from "./probe.testsuite.ts";

// --- timers ---

test("timers: durations and dates count from the episode's time; cancelled ones are not waited for", async () => {
  const { driver } = begin(async (ctx) => {
    const timers = [
      ctx.createTimer("1.5h"),
      ctx.createTimer({ days: 400, milliseconds: 1 }),
      ctx.createTimer(new Date(0)),
      ctx.createTimer("0s"),
    ];
    for (const timer of timers) timer.cancel();
    return timers.map((timer) => [timer.isCancelled, timer.isCompleted]);
  });
  const { actions, outcome } = await driver.start();
  const dueTimes = actions.flatMap((action) => (action.kind === "createTimer" ? [action.fireAt - driver.now] : []));
  assert.deepEqual(dueTimes, [5_400_000, 400 * 86_400_000 + 1, -driver.now, 0]);
  assert.deepEqual(kindsOf(actions).slice(4), ["cancelTimer", "cancelTimer", "cancelTimer", "cancelTimer"]);
  assert.deepEqual(
    outputOf(outcome),
    Array.from({ length: 4 }, () => [true, false]),
  );
});

test("a timer that is not a time is refused at the call", async () => {
  for (const when of ["1 minute", "-1s", 20, new Date(Number.NaN), { second: 1 }]) {
    const { driver } = begin((ctx) => ctx.createTimer(when as "1s"));
    const found = failureIn((await driver.start()).outcome);
    assert.match(found.message, /ctx\.createTimer: option "when" is .*; expected a Date, or a duration such as "20s"/);
  }
});

// --- any, all, tasks ---

test("ctx.all waits for all and throws one AggregateError; Promise.all fails fast", async () => {
  const { driver } = begin(async (ctx) => {
    const tasks = [0, 1, 2, 3, 4].map((i) => ctx.callActivity("Part", i));
    const fast = await Promise.all(tasks).catch((error: unknown) => (error instanceof Error ? error.message : ""));
    ctx.setCustomStatus(fast);
    return await ctx.all(tasks);
  });
  await driver.start();
  assert.equal((await driver.failed(3, failure("three")).episode()).customStatus, 'Activity "Part" failed: three');
  await driver.completed(0).completed(1).failed(2, failure("two")).episode();
  const found = failureIn((await driver.completed(4).episode()).outcome);
  assert.equal(found.errorType, "AggregateError");
  assert.equal(found.message, '2 of 5 tasks failed: Activity "Part" failed: two; Activity "Part" failed: three');
  assert.deepEqual(
    found.errors?.map((one) => one.cause?.message),
    ["two", "three"],
  );
});

test("an empty all is complete at once, an empty any is an error", async () => {
  const { driver } = begin(async (ctx) => {
    const none: DurableTask<number>[] = [];
    const all = ctx.all(none);
    assert.equal(all.isCompleted, true);
    assert.throws(() => ctx.any(none), /it needs at least one task/);
    assert.throws(() => ctx.any([Promise.resolve(1) as unknown as DurableTask<number>]), /entry 0 is not a durable task/);
    return await all;
  });
  assert.deepEqual(outputOf((await driver.start()).outcome), []);
});

test("case 11: one task awaited twice, after any, and in a loop over the rest: one schedule each", async () => {
  const { driver, functions } = begin(async (ctx) => {
    const rest = [0, 1, 2].map((i) => ctx.callActivity("Part", i));
    const order: unknown[] = [];
    while (rest.length > 0) {
      const { winner, index } = await ctx.any(rest);
      order.push(await winner, await winner, winner.result);
      rest.splice(index, 1);
    }
    return order;
  });
  assert.deepEqual(idsOf((await driver.start()).actions), [0, 1, 2]);
  assert.deepEqual((await driver.completed(1, "b").episode()).actions, []);
  const { outcome, actions } = await driver.completed(2, "c").completed(0, "a").evict().episode();
  assert.deepEqual(actions, []);
  assert.deepEqual(outputOf(outcome), ["b", "b", "b", "c", "c", "c", "a", "a", "a"]);
  await driver.assertReplays(functions);
});

test("a task says what it is", async () => {
  const { driver } = begin(async (ctx) => {
    const task = ctx.callActivity("Part");
    assert.throws(() => task.result, /activity "Part" has no result yet/);
    assert.throws(() => ctx.callActivity("Other", { task }), /activity "Part" is a task and cannot be sent as data/);
    assert.deepEqual([task.isCompleted, task.isFaulted, Object.prototype.toString.call(task)], [false, false, "[object DurableTask]"]);
    await task.catch(() => {});
    assert.deepEqual([task.isCompleted, task.isFaulted], [true, true]);
    assert.throws(() => task.result, /Activity "Part" failed: x/);
    return await task.finally(() => {}).catch(() => "caught");
  });
  await driver.start();
  assert.equal(outputOf((await driver.failed(0, failure("x")).episode()).outcome), "caught");
});

// --- continue-as-new, status, ids, limits ---

test("continueAsNew: carries over what was not waited for, in order; catch and finally behave", async () => {
  const seen: string[] = [];
  const { driver } = begin(async (ctx) => {
    await ctx.waitForExternalEvent("Go");
    const timer = ctx.createTimer("1h");
    try {
      return ctx.continueAsNew(5);
    } catch {
      seen.push("catch");
    } finally {
      timer.cancel();
      assert.throws(
        () => ctx.callActivity("x"),
        /ctx\.continueAsNew was called before: the context takes no more calls \(callActivity "x"\)/,
      );
      seen.push("finally");
    }
    return "unreachable";
  });
  await driver.start();
  await driver.raised("b", 1).episode();
  const { outcome, actions } = await driver.raised("a", 2).raised("go").raised("B", 3).episode();
  assert.deepEqual(seen, ["finally"]);
  assert.deepEqual(kindsOf(actions), ["createTimer"]);
  assert.ok(outcome?.kind === "continuedAsNew");
  assert.equal(outcome.input, "5");
  assert.deepEqual(
    outcome.carryOver.map((event) => [event.name, event.input]),
    [
      ["b", "1"],
      ["a", "2"],
      ["B", "3"],
    ],
  );
});

test("continueAsNew: may drop unprocessed events; an exception after it wins", async () => {
  const { driver } = begin(async (ctx) => {
    await ctx.waitForExternalEvent("Go");
    return ctx.continueAsNew(1, { preserveUnprocessedEvents: false });
  });
  await driver.start();
  const { outcome } = await driver.raised("x", 1).raised("go").episode();
  assert.deepEqual(outcome, { kind: "continuedAsNew", input: "1", carryOver: [] });

  const thrown = begin(async (ctx) => {
    try {
      return ctx.continueAsNew(1);
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: that is the case
      throw new Error("after all");
    }
  }).driver;
  assert.equal(failureIn((await thrown.start()).outcome).message, "after all");
});

test("custom status: the last one of the episode, null when cleared, a limit in words", async () => {
  const { driver } = begin(async (ctx) => {
    ctx.setCustomStatus("first");
    ctx.setCustomStatus({ at: 1 });
    await ctx.callActivity("a");
    await ctx.callActivity("b");
    ctx.setCustomStatus(undefined);
    await ctx.callActivity("c");
    ctx.setCustomStatus("x".repeat(8_190));
    ctx.setCustomStatus("x".repeat(8_191));
  });
  assert.deepEqual((await driver.start()).customStatus, { at: 1 });
  assert.equal((await driver.completed(0).evict().episode()).customStatus, undefined);
  assert.equal((await driver.completed(1).episode()).customStatus, null);
  const last = await driver.completed(2).episode();
  assert.equal(last.customStatus, "x".repeat(8_190));
  assert.match(failureIn(last.outcome).message, /The custom status has 16386 bytes .* more than the limit of 16384/);
});

test("newGuid: version 5 of the execution's seed and a counter", async () => {
  const { driver, functions } = begin(async (ctx) => {
    const first = [ctx.newGuid(), ctx.newGuid()];
    await ctx.callActivity("a");
    return [...first, ctx.newGuid()];
  });
  await driver.start();
  const { outcome } = await driver.after(5).completed(0).evict().episode();
  assert.deepEqual(
    outputOf(outcome),
    [0, 1, 2].map((count) => nameGuid(`execution-of-instance-1/guid/${count}`)),
  );
  await driver.assertReplays(functions);
});

test("sub-orchestration ids: minted ones never repeat, given ones are checked", async () => {
  const parent = { no: instanceNo(9), instanceId: instanceId("The-Parent"), name: "P", generation: 0, taskId: eventId(0) };
  const { driver } = begin(
    async (ctx) => {
      assert.equal(ctx.parentInstanceId, "The-Parent");
      for (const id of ["@x", "INSTANCE-1", "the-parent", "a/b", ""]) {
        assert.throws(() => ctx.callSubOrchestrator("Child", 1, { instanceId: id }), { code: "CHILD_ID_INVALID" }, id);
        assert.throws(() => ctx.startOrchestration("Child", 1, { instanceId: id }), { code: "CHILD_ID_INVALID" }, id);
      }
      const started = ctx.startOrchestration("Child", 1, { tags: { a: "b" }, startAt: "5m", version: "3" });
      void ctx.callSubOrchestrator("Child", 2);
      return [started, ctx.startOrchestration("Child", undefined, { instanceId: "given" })];
    },
    { options: { parent } },
  );
  const { actions, outcome } = await driver.start();
  const [one, two, three] = actions;
  assert.ok(one?.kind === "startOrchestration" && two?.kind === "callSubOrchestrator" && three?.kind === "startOrchestration");
  assert.match(one.instanceId, /^[0-9a-f]{32}$/);
  assert.notEqual(one.instanceId, two.instanceId);
  assert.deepEqual(one, {
    kind: "startOrchestration",
    id: 0,
    name: "Child",
    instanceId: one.instanceId,
    minted: true,
    input: "1",
    version: "3",
    tags: { a: "b" },
    startAt: driver.now + 300_000,
  });
  assert.deepEqual([three.instanceId, three.minted, three.input], ["given", false, null]);
  assert.deepEqual(outputOf(outcome), [one.instanceId, "given"]);
});

test("limits: actions and payloads are refused at the call, in words", async () => {
  const budget = begin(
    async (ctx) => {
      for (let i = 0; ; i++) void ctx.callActivity("Part", i);
    },
    { maxOrchestrationActions: 50 },
  ).driver;
  const spent = await budget.start();
  assert.equal(spent.actions.length, 50);
  assert.match(failureIn(spent.outcome).message, /more than 50 actions in one execution\. Use ctx\.continueAsNew/);

  const text = (bytes: number): string => "x".repeat(bytes - 2);
  const calls: readonly ((ctx: OrchestratorContext<number | undefined>, value: string) => unknown)[] = [
    (ctx, value) => ctx.callActivity("Part", value),
    (ctx, value) => ctx.callSubOrchestrator("Part", value),
    (ctx, value) => ctx.startOrchestration("Part", value),
    (ctx, value) => ctx.raiseEvent("other", "name", value),
    (_ctx, value) => value,
  ];
  for (const call of calls) {
    const within = await begin(async (ctx) => void call(ctx, text(1_000)), { maxPayloadBytes: 1_000 }).driver.start();
    assert.equal(within.outcome?.kind, "completed");
    const over = await begin((ctx) => call(ctx, text(1_001)), { maxPayloadBytes: 1_000 }).driver.start();
    assert.match(failureIn(over.outcome).message, /has 1001 bytes of JSON, more than the limit of 1000\. Nothing was written/);
    assert.deepEqual(over.actions, []);
  }
});

test("wrong calls are told at the call, with the known options", async () => {
  const wrong: readonly [(ctx: OrchestratorContext<number | undefined>) => unknown, RegExp][] = [
    [
      (ctx) => ctx.callActivity("A", 1, { retires: 1 } as object),
      /ctx\.callActivity "A" has no option "retires"\. Known ones: "retry", "timeout"/,
    ],
    [(ctx) => ctx.callActivity("" as string), /option "activity" is ""; expected the name of an activity/],
    [
      (ctx) => ctx.callActivity(undefined as unknown as string),
      /option "activity" is undefined; expected the name of an activity, or what activity\(\)/,
    ],
    [(ctx) => ctx.callActivity("A", 1, { retry: { maxAttempts: 2, firstInterval: "1 s" as "1s" } }), /"firstInterval" is "1 s"/],
    [(ctx) => ctx.callSubOrchestrator("A", 1, { tags: { a: 1 } as unknown as { a: string } }), /option "tags.a" is 1; expected a string/],
    [
      (ctx) => ctx.waitForExternalEvent("A", { default: 1 } as unknown as { timeout: "1s" }),
      /a default has an effect only together with a timeout/,
    ],
    [(ctx) => ctx.raiseEvent("a/b", "A"), /The instance id "a\/b" cannot be used: it contains "\/"/],
    [(ctx) => ctx.callActivity("A", 10n), /The input of activity "A" cannot be written as JSON/],
  ];
  for (const [call, pattern] of wrong) {
    const { outcome, actions } = await begin((ctx) => call(ctx)).driver.start();
    assert.match(failureIn(outcome).message, pattern);
    assert.deepEqual(actions, []);
  }
});

test("raiseEvent, version, ids and replaying flag", async () => {
  const flags: boolean[] = [];
  const { driver } = begin(
    async (ctx, input) => {
      ctx.raiseEvent("other", externalEvent<number>("Hello"), 4);
      await ctx.callActivity("a");
      flags.push(ctx.isReplaying);
      await ctx.callActivity("b");
      flags.push(ctx.isReplaying);
      return [ctx.instanceId, ctx.executionId, ctx.version, ctx.parentInstanceId, input, ctx.currentUtcDateTime.getTime() === driver.now];
    },
    { input: 3, options: { version: "7" } },
  );
  assert.deepEqual((await driver.start()).actions[0] satisfies Action | undefined, {
    kind: "sendEvent",
    id: 0,
    instanceId: "other",
    name: "Hello",
    input: "4",
  });
  await driver.completed(1).episode();
  const { outcome } = await driver.after(10).completed(2).evict().episode();
  assert.deepEqual(outputOf(outcome), ["instance-1", "execution-of-instance-1", "7", null, 3, true]);
  assert.deepEqual(flags, [false, true, false]);
});

test("the log is silent while the past is replayed", async () => {
  const lines: string[] = [];
  const functions = new FunctionRegistry([
    orchestrator("Probe", async (ctx) => {
      ctx.log.info("begin", { a: 1 });
      await ctx.callActivity("a");
      ctx.log.warn("middle");
      await ctx.callActivity("b");
      ctx.log.error("end");
    }),
  ]);
  const executor = createNativeExecutor({
    functions,
    log: (entry) => lines.push(`${entry.level} ${entry.functionName} ${entry.message} ${JSON.stringify(entry.fields)}`),
  });
  const driver = new EpisodeDriver(executor, { name: "Probe" });
  await driver.start();
  await driver.completed(0).evict().episode();
  await driver.completed(1).evict().episode();
  assert.deepEqual(lines, ['info Probe begin {"a":1}', "warn Probe middle {}", "error Probe end {}"]);
});

test("using the context after the end is told in words", async () => {
  let said = "";
  const { driver } = begin(async (ctx) => {
    void (async () => {
      for (let i = 0; i < 20; i++) await null;
      try {
        void ctx.callActivity("TooLate");
      } catch (error) {
        said = String(error);
      }
    })();
    return "done";
  });
  const { outcome, actions } = await driver.start();
  assert.equal(outputOf(outcome), "done");
  assert.deepEqual(actions, []);
  assert.match(said, /The orchestrator function has ended: its context takes no more calls \(callActivity "TooLate"\)/);
});

test("an input that does not fit the schema fails the orchestration; an asynchronous schema stops it", async () => {
  const later: StandardSchemaV1<number, number> = { "~standard": { version: 1, vendor: "test", validate: async () => ({ value: 1 }) } };
  const functions = new FunctionRegistry([
    orchestrator("Checked", { input: NUMBER, output: NUMBER }, async (_ctx, n) => n * 2),
    orchestrator("Later", { input: later }, async (_ctx, n) => n),
  ]);
  const run = (name: string, input: unknown) => new EpisodeDriver(createNativeExecutor({ functions }), { name, input });
  assert.equal(outputOf((await run("Checked", 3).start()).outcome), 9);
  assert.match(
    failureIn((await run("Checked", "x").start()).outcome).message,
    /The input of orchestrator "Checked" does not fit its schema: no number/,
  );
  assert.match(await run("Later", 3).stops("SCHEMA_ASYNC"), /The schema of input of orchestrator "Later" returned a promise/);
});
