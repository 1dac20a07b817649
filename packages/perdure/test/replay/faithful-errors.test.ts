import assert from "node:assert/strict";
import { test } from "node:test";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { EpisodeDriver, failure, failureIn, outputOf } from "../../src/executors/testing/episode-driver.testsuite.ts";
import { NonRetriableError } from "../../src/functions/errors.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { Failure } from "../../src/model/failure.ts";
import { errorFromFailure, failureOf } from "../../src/replay/failures/failure-of.ts";
import { ActivityFailedError, OrchestrationFailedError, SubOrchestrationFailedError } from "../../src/replay/failures/function-errors.ts";

class PaymentError extends TypeError {
  readonly orderId = "o-1";
  readonly amount = { value: 5, currency: "EUR" };
  declare readonly skipped: bigint;
}

const without = (found: Failure): object => {
  const { stack: _stack, ...rest } = found;
  return rest;
};

const throwsNow = (value: unknown): never => {
  throw value;
};

/** Case 43: what is thrown, and what must be kept of it. */
const THROWN: readonly { readonly name: string; readonly make: () => unknown; readonly kept: object }[] = [
  { name: "Error", make: () => new Error("plain"), kept: { errorType: "Error", message: "plain" } },
  {
    name: "a subclass with fields",
    make: () => new PaymentError("declined"),
    kept: { errorType: "PaymentError", message: "declined", properties: { orderId: "o-1", amount: { value: 5, currency: "EUR" } } },
  },
  {
    name: "an error with a name of its own",
    make: () => Object.assign(new Error("x"), { name: "Custom" }),
    kept: { errorType: "Custom", message: "x" },
  },
  { name: "a DOMException", make: () => new DOMException("gone", "AbortError"), kept: { errorType: "AbortError", message: "gone" } },
  {
    name: "NonRetriableError",
    make: () => new NonRetriableError("final"),
    kept: { errorType: "NonRetriableError", message: "final", isNonRetriable: true },
  },
  { name: "a text", make: () => "just text", kept: { errorType: "non-error", message: "just text", value: "just text" } },
  { name: "undefined", make: () => undefined, kept: { errorType: "non-error", message: "undefined" } },
  { name: "null", make: () => null, kept: { errorType: "non-error", message: "null", value: null } },
  { name: "an object", make: () => ({ code: 7 }), kept: { errorType: "non-error", message: "{ code: 7 }", value: { code: 7 } } },
  { name: "a bigint", make: () => 10n, kept: { errorType: "non-error", message: "10n" } },
];

for (const { name, make, kept } of THROWN) {
  test(`case 43: ${name} thrown before the first await and after the last keeps name, message and fields`, async () => {
    for (const early of [true, false]) {
      const functions = new FunctionRegistry([
        orchestrator("Early", () => throwsNow(make())),
        orchestrator("Late", async (ctx) => {
          await ctx.callActivity("a");
          throwsNow(make());
        }),
      ]);
      const driver = new EpisodeDriver(createNativeExecutor({ functions }), { name: early ? "Early" : "Late" });
      await driver.start();
      if (!early) await driver.completed(0).evict().episode();
      const found = failureIn(driver.outcome);
      assert.deepEqual(without(found), kept);
      if (found.stack !== undefined) assert.match(found.stack, /faithful-errors\.test\.ts:\d+:\d+/);
      await driver.assertReplays(functions);
    }
  });
}

test("causes, aggregates and cycles are kept within bounds", () => {
  const cause = new RangeError("the cause", { cause: "root" });
  const found = failureOf(new AggregateError([new Error("one"), "two"], "both", { cause }));
  assert.deepEqual([found.errorType, found.message], ["AggregateError", "both"]);
  assert.equal(found.cause?.errorType, "RangeError");
  assert.deepEqual(found.cause?.cause, { errorType: "non-error", message: "root", value: "root" });
  assert.deepEqual(
    found.errors?.map((one) => one.message),
    ["one", "two"],
  );

  const cyclic = new Error("cyclic");
  cyclic.cause = cyclic;
  let depth = 0;
  for (let at: Failure | undefined = failureOf(cyclic); at !== undefined; at = at.cause) depth++;
  assert.equal(depth, 9);
  assert.equal(failureOf(new Error("m".repeat(100_000))).message.length, 32_768 + "… (cut)".length);
  assert.equal(failureOf(Object.assign(new Error("x"), { big: "b".repeat(10_000), ok: 1 })).properties?.ok, 1);
  assert.equal(failureOf(Object.assign(new Error("x"), { big: "b".repeat(10_000) })).properties, undefined);
});

test("hostile values are survived", () => {
  const hostile = Object.defineProperty(new Error("x"), "message", {
    get: () => {
      throw new Error("in getter");
    },
  });
  const { errorType, message } = failureOf(hostile);
  assert.deepEqual([errorType, message], ["Error", "(it cannot be read)"], "what can be read is kept");
  const proxy = new Proxy({}, { get: () => throwsNow(1), getPrototypeOf: () => throwsNow(1) });
  assert.equal(failureOf(proxy).errorType, "non-error");
  assert.equal(failureOf(Object.assign(new Error("x"), { cyclic: globalThis })).message, "x");
});

test("a failure becomes an error again with name, message, stack, fields and causes", () => {
  const original = new PaymentError("declined", { cause: new Error("bank") });
  const error = errorFromFailure(failureOf(original));
  assert.equal(String(error), "PaymentError: declined");
  assert.match(error.stack ?? "", /faithful-errors\.test\.ts/);
  assert.deepEqual(Reflect.get(error, "amount"), { value: 5, currency: "EUR" });
  assert.ok(error.cause instanceof Error);
  assert.equal(error.cause.message, "bank");
});

test("the error that an orchestrator catches: own stack through helpers and Promise.all, the remote one in failure", async () => {
  const remote = failureOf(new PaymentError("declined"));
  const stacks: string[] = [];
  const helper = async (task: Promise<unknown>): Promise<void> => {
    await task;
  };
  const functions = new FunctionRegistry([
    orchestrator("Probe", async (ctx) => {
      try {
        await Promise.all([ctx.createTimer("1h"), helper(ctx.callActivity("Pay"))]);
      } catch (error) {
        assert.ok(error instanceof ActivityFailedError);
        stacks.push(error.stack ?? "");
        assert.deepEqual([error.name, error.activity, error.message], ["ActivityFailedError", "Pay", 'Activity "Pay" failed: declined']);
        assert.deepEqual(error.failure, remote);
        assert.ok(error.cause instanceof Error);
        assert.equal(error.cause.name, "PaymentError");
        throw error;
      }
    }),
  ]);
  const driver = new EpisodeDriver(createNativeExecutor({ functions }), { name: "Probe" });
  await driver.start();
  const { outcome } = await driver.failed(1, remote).episode();
  assert.match(
    stacks[0] ?? "",
    /at async helper .*faithful-errors\.test\.ts.*\n.*at async Promise\.all \(index 1\)\n.*at async .*faithful-errors/,
  );
  assert.doesNotMatch(stacks[0] ?? "", /durable-task|cursor/);
  const found = failureIn(outcome);
  assert.equal(found.errorType, "ActivityFailedError");
  assert.deepEqual(found.cause, remote);
  assert.deepEqual(found.properties, { code: "ACTIVITY_FAILED", activity: "Pay" });
  await driver.assertReplays(functions);
});

test("failures of sub-orchestrations pass through levels unchanged", async () => {
  const functions = new FunctionRegistry([
    orchestrator("Probe", async (ctx) => {
      const error: unknown = await ctx.callSubOrchestrator("Child", 1, { instanceId: "child" }).catch((caught: unknown) => caught);
      assert.ok(error instanceof SubOrchestrationFailedError);
      return [error.message, error.instanceId, error.orchestrator, error.failure.cause];
    }),
  ]);
  const driver = new EpisodeDriver(createNativeExecutor({ functions }), { name: "Probe" });
  await driver.start();
  const inner = failure("bank");
  const { outcome } = await driver.failed(0, failure("outer", { cause: inner })).episode();
  assert.deepEqual(outputOf(outcome), ['Sub-orchestration "Child" (child) failed: outer', "child", "Child", inner]);
  const thrown = new OrchestrationFailedError("Main", "id", failure("x", { cause: inner }));
  assert.equal(thrown.message, 'Orchestration "Main" (id) failed: x');
  assert.deepEqual(failureOf(thrown).cause?.cause, inner);
});
