import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { functionKey } from "../model/function-name.ts";
import { activity } from "./activity.ts";
import { externalEvent } from "./external-event.ts";
import { http } from "./http.ts";
import { orchestrator } from "./orchestrator.ts";
import { activityRef } from "./references.ts";
import type { RegisteredFunction } from "./registry.ts";
import { FunctionRegistry, isRegistrable } from "./registry.ts";

const message = (pattern: RegExp) => ({ message: pattern });

test("two names that differ only by case are refused, also between kinds", () => {
  assert.throws(() => new FunctionRegistry([activity("Ship", () => 1), activity("SHIP", () => 2)]), message(/"SHIP" and "Ship".*rename/s));
  assert.throws(() => new FunctionRegistry([activity("Ship", () => 1), orchestrator("ship", async () => 2)]), message(/"ship" and "Ship"/));
  assert.throws(
    () => new FunctionRegistry([activity("Ship", () => 1), activity("Ship", () => 2)]),
    message(/Two functions are called "Ship"\. /),
  );
});

test("what is not a function is refused in words", () => {
  const add = (value: unknown) => () => new FunctionRegistry([value as RegisteredFunction]);
  assert.throws(add(activityRef("Elsewhere")), message(/is a reference to activity "Elsewhere" without a handler/));
  assert.throws(
    add(function ship() {}),
    message(/is a plain function "ship"; expected/),
  );
  assert.throws(add(null), message(/is a null/));
  assert.equal(isRegistrable(activity("a", () => 1)), true);
  assert.equal(isRegistrable(externalEvent("a")), false);
});

test("names are found without case and listed as written", () => {
  const registry = new FunctionRegistry([activity("Größe", () => 1), orchestrator("Main", async () => 1)]);
  assert.equal(registry.find("activity", "GRÖßE")?.name, "Größe");
  assert.equal(registry.find("activity", "GRÖSSE"), null);
  assert.equal(registry.find("orchestrator", "main")?.name, "Main");
  assert.deepEqual(registry.names, { orchestrator: ["Main"], activity: ["Größe"], entity: [] });
});

test("two names are one function exactly if their keys are equal", () => {
  const letters = fc.constantFrom(..."aAiIıİkK\u212aµμσςΣßẞſs");
  const name = fc.string({ unit: letters, minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(name, name, (one, other) => {
      const found = new FunctionRegistry([activity(one, () => 1)]).find("activity", other);
      assert.equal(found !== null, functionKey(one) === functionKey(other));
      const both = () => new FunctionRegistry([activity(one, () => 1), orchestrator(other, async () => 1)]);
      if (found === null) both();
      else assert.throws(both, { code: "FUNCTION_NAME_DUPLICATE" });
    }),
  );
});

test("wrong options are named, with the value and what is expected", () => {
  const bad = (options: unknown) => () => activity("a", options as { readonly timeout?: "1s" }, () => 1);
  const retry = (extra: object) => bad({ retry: { maxAttempts: 3, firstInterval: "1s", ...extra } });
  assert.throws(
    bad({ timout: "1s" }),
    message(
      /activity "a" has no option "timout"; did you mean "timeout"\? Known ones: "retry", "timeout", "maxConcurrent", "perKey", "key", "input", "output"/,
    ),
  );
  assert.throws(bad({ timeout: "1 minute" }), message(/option "timeout" is "1 minute"; expected a duration such as "20s"/));
  assert.throws(retry({ maxAttempt: 2 }), message(/retry has no option "maxAttempt"/));
  assert.throws(retry({ maxAttempts: 0 }), message(/"maxAttempts" is 0; expected a whole number/));
  assert.throws(retry({ backoff: 0.5 }), message(/"backoff" is 0.5/));
  assert.throws(bad({ retry: { maxAttempts: 2 } }), message(/"firstInterval" is undefined; expected a duration/));
  assert.ok(activity("once", { retry: { maxAttempts: 1 } }, () => 1));
  assert.throws(retry({ maxInterval: "10ms" }), message(/"maxInterval" is "10ms"; expected at least firstInterval/));
  assert.throws(retry({ timeout: "10ms" }), message(/"timeout" is "10ms"; expected at least firstInterval/));
  assert.throws(retry({ jitter: 2 }), message(/"jitter" is 2/));
  assert.throws(retry({ handle: "no" }), message(/"handle" is "no"; expected a function/));
  assert.throws(bad({ input: {} }), message(/expected a Standard Schema/));
  assert.throws(() => activity("", () => 1), message(/"" is not a function name/));
  assert.throws(() => externalEvent(" "), message(/" " is not an event name: it is empty/));
  assert.throws(() => activity("a", 5 as unknown as () => 1), message(/its last argument is not a function/));
});

test("the same function twice, as lists put together from others have it, is one; another of its name is refused", () => {
  const make = () => activity("Echo", () => 1);
  const [one, start] = [make(), http("Start", () => new Response())];
  const registry = new FunctionRegistry([one, start, one, start]);
  assert.deepEqual([registry.names.activity, registry.http.length], [["Echo"], 1]);
  assert.throws(() => new FunctionRegistry([one, make()]), { code: "FUNCTION_NAME_DUPLICATE" });
});

test("orchestrators of one name: each of another version, found by that of the instance", () => {
  const [one, two, three] = ["1.0", "2.0", "3.0"].map((version) => orchestrator("Flow", { version }, async () => version));
  assert.ok(one !== undefined && two !== undefined && three !== undefined);
  const runs = (match: "None" | "Strict" | "CurrentOrOlder", version: string | null) =>
    new FunctionRegistry([two, three, one, two], { defaultVersion: null, match }).orchestratorFor("flow", version)?.version ?? null;
  assert.deepEqual([runs("Strict", "2.0"), runs("Strict", "2.00"), runs("Strict", null)], ["2.0", null, null]);
  assert.deepEqual([runs("CurrentOrOlder", "2.1"), runs("CurrentOrOlder", null), runs("CurrentOrOlder", "3.1")], ["3.0", "1.0", null]);
  assert.deepEqual([runs("None", "1.0"), runs("None", "1.1"), runs("None", "9.0")], ["1.0", "2.0", "3.0"]);
  const registry = new FunctionRegistry([two, three, one]);
  assert.deepEqual(
    [registry.names.orchestrator, registry.versionOf("FLOW"), registry.find("orchestrator", "Flow")?.version],
    [["Flow"], "3.0", "3.0"],
  );
});

test("two orchestrators of one name and version are refused, by whatever name the version goes", () => {
  const flow = (version?: string, name = "Flow") => orchestrator(name, version === undefined ? {} : { version }, async () => 1);
  const both = (a: Parameters<typeof flow>, b: Parameters<typeof flow>, defaultVersion: string | null = null) =>
    assert.throws(() => new FunctionRegistry([flow(...a), flow(...b)], { defaultVersion, match: "None" }), {
      code: "FUNCTION_NAME_DUPLICATE",
    });
  both(["1.0"], ["1.0"]);
  both(["1.0"], ["1.00"]);
  both(["beta"], ["BETA"]);
  both([], []);
  both([], ["2.0"], "2.0");
  both(["1.0"], ["2.0", "FLOW"]);
  assert.equal(new FunctionRegistry([flow(), flow("2.0")]).versionOf("Flow"), "2.0");
});

test("retry defaults: backoff 1, pauses up to an hour, no time limit, no jitter", () => {
  const registry = new FunctionRegistry([activity("a", { retry: { maxAttempts: 3, firstInterval: { seconds: 2 } } }, () => 1)]);
  assert.deepEqual(registry.find("activity", "a")?.retry?.policy, {
    maxAttempts: 3,
    firstIntervalMs: 2_000,
    backoff: 1,
    maxIntervalMs: 3_600_000,
    timeoutMs: Number.POSITIVE_INFINITY,
    jitter: 0,
  });
});

test("http functions default to GET and POST under their own name", () => {
  const start = http("Start", () => new Response());
  assert.deepEqual([start.methods, start.route], [["GET", "POST"], "Start"]);
  assert.equal(http("Other", { route: "/orders/{id}" }, () => new Response()).route, "orders/{id}");
  assert.throws(() => http("x", { methods: [] }, () => new Response()), message(/"methods" is \[\]/));
});

test("http(): the key is asked for unless the function says that it is open; anything else is named", () => {
  const handler = () => new Response("hi");
  assert.equal(http("Closed", handler).authLevel, "function");
  assert.equal(http("Open", { authLevel: "anonymous" }, handler).authLevel, "anonymous");
  const wrong: object = { authLevel: "admin" };
  assert.throws(() => http("Wrong", wrong, handler), /authLevel.*"admin".*"anonymous" or "function"/);
});
