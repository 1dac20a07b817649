import assert from "node:assert/strict";
import { test } from "node:test";
import type { InvocationContext } from "@azure/functions";
import { app } from "@azure/functions";
import { RELEASES } from "./testing/releases.ts";
import { v3Activities } from "./testing/v3-app.ts";

const CALLS = 3;
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** All that a handler can read in its context. */
function seen(context: InvocationContext) {
  const { invocationId, extraInputs, extraOutputs, ...fields } = context;
  return {
    ...{ fields, id: UUID.test(invocationId), keys: Object.keys(context), class: context.constructor.name },
    ...{ input: extraInputs.get("none"), output: extraOutputs.get("none") },
  };
}

for (const release of RELEASES) {
  test(`${release}: the first call of an activity and all later ones see the same, and are told the same`, async () => {
    const ids = new Set<string>();
    const lines: string[] = [];
    let late: Promise<void> = Promise.resolve();
    const run = v3Activities(
      release,
      ({ app: { activity } }) => {
        activity("Look", {
          handler: (input, context) => {
            ids.add(context.invocationId);
            context.warn("in time %d", 1);
            context.info("not written");
            late = new Promise((resolve) => setImmediate(() => resolve(context.warn("late"))));
            return { given: input, ...seen(context) };
          },
        });
        activity("Throws", {
          handler: (what) => (what === null ? Promise.reject(null) : Promise.reject(new RangeError(String(what)))),
        });
      },
      (line) => lines.push(line),
    );
    const input = { Name: "a", List: [{ Inner: 1 }], text: "5" };
    const answers: unknown[] = [];
    for (let call = 0; call < CALLS; call++) {
      answers.push(await run("Look", input));
      await late;
      await assert.rejects(run("Throws", "no"), { name: "RangeError", message: "no" });
      assert.equal((await run("Throws", null)) ?? null, null);
    }
    const [first, ...later] = answers as readonly { readonly given: unknown; readonly fields: { readonly triggerMetadata: unknown } }[];
    assert.deepEqual(first?.given, input);
    assert.deepEqual(first?.fields.triggerMetadata, { instanceId: "one", data: { name: "a", list: [{ inner: 1 }], text: "5" } });
    for (const answer of later) assert.deepEqual(answer, first);
    assert.equal(ids.size, CALLS);
    const expected = ["warn: in time 1", /^warn: Warning: Unexpected call to 'log'.* Function name: Look\. Invocation Id: /, "warn: late"];
    assert.equal(lines.length, CALLS * expected.length);
    for (const [at, line] of lines.entries()) {
      const one = expected[at % expected.length] ?? "";
      if (typeof one === "string") assert.equal(line, one);
      else assert.match(line, one);
    }
  });
}

test("hooks that are registered later run around the next call", async () => {
  const run = v3Activities(
    "durable-functions",
    ({ app: { activity } }) => activity("Twice", { handler: (n: number) => 2 * n }),
    () => {},
  );
  for (let call = 0; call < CALLS; call++) assert.equal(await run("Twice", 2), 4);
  const hook = app.hook.preInvocation((context) => {
    context.inputs = [10];
  });
  assert.equal(await run("Twice", 2), 20);
  hook.dispose();
  assert.equal(await run("Twice", 2), 4);
});

test("a failed activity has the properties that the app's provider gives, as the library writes them", async () => {
  const run = v3Activities(
    "durable-functions",
    ({ app: { activity, setExceptionPropertiesProvider } }) => {
      setExceptionPropertiesProvider({ getExceptionProperties: (error) => ({ message: Reflect.get(Object(error), "message") }) });
      activity("Fails", { handler: (what) => Promise.reject(what === null ? "text" : new RangeError(String(what))) });
    },
    () => {},
  );
  for (let call = 0; call < CALLS; call++) {
    for (const [given, errorType, properties] of [
      ["no", "RangeError", { message: "no" }],
      [null, "Error", {}],
    ] as const) {
      const thrown: unknown = await run("Fails", given).catch((error: unknown) => error);
      const told = JSON.parse((thrown as Error).message) as { readonly errorType: string; readonly properties: object };
      assert.deepEqual({ errorType: told.errorType, properties: told.properties }, { errorType, properties });
    }
  }
});
