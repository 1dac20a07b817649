import assert from "node:assert/strict";
import { test } from "node:test";
import { InvocationContext } from "@azure/functions";
import { leanContexts } from "../../src/azure/guest/lean-context.ts";

const INIT = { triggerMetadata: { given: 1 }, options: { trigger: { type: "t", name: "n" }, extraInputs: [], extraOutputs: [] } };

const made = leanContexts(InvocationContext) ?? assert.fail("the class of the library is known");

function contextWith(log: (line: readonly unknown[]) => void = () => {}) {
  const counts = { inits: 0 };
  const owner = {
    ...{ invocationId: "id", functionName: "fn", traceContext: undefined },
    init: () => {
      counts.inits += 1;
      return INIT;
    },
    log: (context: object, level: string, args: readonly unknown[]) => log([context, level, ...args]),
  };
  return { counts, context: new made(owner) as InvocationContext };
}

test("a context is one of the library's class to the app, and has what the library puts there", () => {
  const { context } = contextWith();
  const real = new InvocationContext({ ...INIT, invocationId: "id", functionName: "fn" });
  assert.ok(context instanceof InvocationContext);
  assert.equal(context.constructor, InvocationContext);
  assert.deepEqual(Object.entries(context), Object.entries(real));
  assert.equal(JSON.stringify(context), JSON.stringify(real));
});

test("parts are made once, when one is asked for, and can be changed and deleted", () => {
  const { counts, context } = contextWith();
  assert.equal(counts.inits, 0);
  context.extraInputs.set("name", 5);
  assert.equal(context.extraInputs.get("name"), 5);
  assert.equal(contextWith().context.extraInputs.get("name"), undefined);
  context.triggerMetadata = { other: 2 };
  assert.deepEqual(context.triggerMetadata, { other: 2 });
  assert.equal(delete (context as { options?: unknown }).options, true);
  assert.equal("options" in context, false);
  assert.equal(counts.inits, 1);
});

test("each method logs with the library's level for it", () => {
  const lines: (readonly unknown[])[] = [];
  const { context } = contextWith((line) => lines.push(line));
  for (const method of ["log", "trace", "debug", "info", "warn", "error"] as const) context[method](method, 1);
  assert.deepEqual(
    lines.map(([of, level, ...args]) => [of === context, level, ...args]),
    [
      [true, "information", "log", 1],
      [true, "trace", "trace", 1],
      [true, "debug", "debug", 1],
      [true, "information", "info", 1],
      [true, "warning", "warn", 1],
      [true, "error", "error", 1],
    ],
  );
});

test("a class with a method that is not known is not taken", () => {
  let isCalled = false;
  class More extends InvocationContext {
    done(): void {
      isCalled = true;
    }
  }
  assert.equal(leanContexts(More), null);
  assert.equal(isCalled, false);
});
