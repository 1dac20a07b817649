// No host runs here, and @azure/functions says so in a few lines of warning ("test mode"): the functions are called as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { InvocationContext } from "@azure/functions";
import { OrchestrationContext } from "durable-functions";
import { helloCities, sayHello } from "../src/functions/hello";

test("every city is greeted in its turn", () => {
  const calls: string[] = [];
  const callActivity = (name: string, input: string) => {
    calls.push(name);
    return sayHello(input, new InvocationContext());
  };
  const run = helloCities({ df: { callActivity } } as unknown as OrchestrationContext);
  let step = run.next();
  while (!step.done) step = run.next(step.value);
  assert.deepEqual(step.value, ["Hello, Tokyo!", "Hello, Seattle!", "Hello, Cairo!"]);
  assert.deepEqual(calls, ["SayHello", "SayHello", "SayHello"]);
});
