import assert from "node:assert/strict";
import type { Failure, OrchestratorRef } from "perdure";
import { ActivityFailedError, activity, OrchestrationFailedError, orchestrator, orchestratorRef } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";
import type { Stand } from "../testing/stand.ts";

class OrderError extends RangeError {
  override readonly name = "OrderError";
  readonly orderId = 17;
  readonly details = { open: ["a"] };
}

const THROWS: Readonly<Record<string, () => never>> = {
  error: () => raise(new TypeError("plain")),
  subclass: () => raise(new OrderError("gone")),
  cause: () => raise(new Error("outer", { cause: new OrderError("inner") })),
  aggregate: () => raise(new AggregateError([new Error("one"), new TypeError("two")], "both")),
  text: () => raise("just text"),
  object: () => raise({ code: 7, list: [1] }),
  nothing: () => raise(undefined),
};

function raise(value: unknown): never {
  throw value;
}

/** What callers see for each of them, stacks apart. */
const EXPECTED: Readonly<Record<string, Omit<Failure, "stack">>> = {
  error: { errorType: "TypeError", message: "plain" },
  subclass: { errorType: "OrderError", message: "gone", properties: { orderId: 17, details: { open: ["a"] } } },
  cause: {
    errorType: "Error",
    message: "outer",
    cause: { errorType: "OrderError", message: "inner", properties: { orderId: 17, details: { open: ["a"] } } },
  },
  aggregate: {
    errorType: "AggregateError",
    message: "both",
    errors: [
      { errorType: "Error", message: "one" },
      { errorType: "TypeError", message: "two" },
    ],
  },
  text: { errorType: "non-error", message: "just text", value: "just text" },
  object: { errorType: "non-error", message: "{ code: 7, list: [ 1 ] }", value: { code: 7, list: [1] } },
  nothing: { errorType: "non-error", message: "undefined" },
};

const noop = activity("noop", () => null);
const thrower = activity("thrower", (kind: string) => THROWS[kind]?.());
const viaActivity = orchestrator("viaActivity", async (ctx, kind: string): Promise<unknown> => {
  const error: unknown = await ctx.callActivity(thrower, kind).catch((caught: unknown) => caught);
  assert.ok(error instanceof ActivityFailedError);
  return {
    failure: error.failure,
    ownStack: /viaActivity|failures\.testsuite/.test(error.stack ?? ""),
    cause: (error.cause as Error).name,
  };
});
const before = orchestrator("before", (_, kind: string) => THROWS[kind]?.());
const between = orchestrator("between", async (ctx, kind: string) => {
  await ctx.callActivity(noop);
  THROWS[kind]?.();
});
const last = orchestrator("last", async (ctx, kind: string) => {
  await ctx.createTimer("1ms");
  await ctx.callActivity(noop);
  await Promise.resolve();
  return THROWS[kind]?.();
});
const parent = orchestrator("parent", async (ctx, kind: string): Promise<unknown> => {
  const error = (await ctx.callSubOrchestrator(between, kind).catch((caught: unknown) => caught)) as { failure: Failure };
  return error.failure;
});
const passesOn = orchestrator("passesOn", async (ctx) => {
  await ctx.callActivity(thrower, "subclass");
});
const recovers = orchestrator("recovers", async (ctx) => {
  const path: string[] = [];
  try {
    await ctx.callActivity(thrower, "error");
  } catch {
    path.push("catch");
    await ctx.callActivity(noop);
  } finally {
    await ctx.callActivity(noop);
    path.push("finally");
  }
  return path;
});

function withoutStacks(failure: Failure): Failure {
  const { stack: _, cause, errors, ...rest } = failure;
  return {
    ...rest,
    ...(cause === undefined ? {} : { cause: withoutStacks(cause) }),
    ...(errors === undefined ? {} : { errors: errors.map(withoutStacks) }),
  };
}

const PROGRAMS: readonly OrchestratorRef<string, unknown>[] = [before, between, last].map(({ name }) =>
  orchestratorRef<string, unknown>(name),
);

async function failureOf(stand: Stand, id: string): Promise<Failure> {
  const error: unknown = await stand.client
    .handle("any", id)
    .result({ timeout: "15s" })
    .catch((caught: unknown) => caught);
  assert.ok(error instanceof OrchestrationFailedError, String(error));
  return error.failure;
}

const scenarios: readonly Scenario[] = [
  {
    title: "case 43: whatever an activity throws reaches its orchestrator as it was, with the caller's own stack",
    async run(stand, id) {
      for (const kind of Object.keys(THROWS)) await stand.client.startNew(viaActivity, { instanceId: `${id}-${kind}`, input: kind });
      for (const [kind, expected] of Object.entries(EXPECTED)) {
        const { output } = await stand.end(`${id}-${kind}`);
        const { failure, ownStack } = output as { failure: Failure; ownStack: boolean };
        assert.deepEqual(withoutStacks(failure), expected, kind);
        assert.ok(ownStack, `${kind}: the stack is not the orchestrator's`);
        if (expected.errorType !== "non-error") assert.match(failure.stack ?? "", /failures\.testsuite/, kind);
      }
    },
  },
  {
    title: "case 43: whatever an orchestrator throws, before its first await, between or at the end, is the same for client and status",
    async run(stand, id) {
      for (const program of PROGRAMS) {
        for (const kind of Object.keys(THROWS)) {
          await stand.client.startNew(program, { instanceId: `${id}-${program.name}-${kind}`, input: kind });
        }
      }
      for (const program of PROGRAMS) {
        for (const [kind, expected] of Object.entries(EXPECTED)) {
          const name = `${id}-${program.name}-${kind}`;
          assert.deepEqual(withoutStacks(await failureOf(stand, name)), expected, name);
          const status = await stand.status(name);
          assert.deepEqual({ status: status.runtimeStatus, output: status.output }, { status: "Failed", output: expected.message });
        }
      }
    },
  },
  {
    title: "case 43: whatever a sub-orchestration throws reaches its parent as it was",
    async run(stand, id) {
      for (const kind of Object.keys(THROWS)) await stand.client.startNew(parent, { instanceId: `${id}-${kind}`, input: kind });
      for (const [kind, expected] of Object.entries(EXPECTED)) {
        assert.deepEqual(withoutStacks((await stand.end(`${id}-${kind}`)).output as Failure), expected, kind);
      }
    },
  },
  {
    title: "an uncaught failure of an activity fails the orchestration with the whole chain",
    async run(stand, id) {
      await stand.client.startNew(passesOn, { instanceId: id });
      const failure = await failureOf(stand, id);
      assert.equal(failure.errorType, "ActivityFailedError");
      assert.equal(failure.message, 'Activity "thrower" failed: gone');
      assert.equal(failure.cause?.errorType, "OrderError");
      assert.deepEqual(failure.cause?.properties, { orderId: 17, details: { open: ["a"] } });
    },
  },
  {
    title: "catch and finally with awaits in them run once and in order",
    async run(stand, id) {
      await stand.client.startNew(recovers, { instanceId: id });
      await stand.expectEnd(id, "Completed", ["catch", "finally"]);
      assert.equal((await stand.kinds(id)).filter((kind) => kind === "TaskScheduled").length, 3);
    },
  },
];

export const failureSuite: Suite = {
  name: "failures",
  functions: [noop, thrower, viaActivity, before, between, last, parent, passesOn, recovers],
  scenarios,
};
