import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestHub } from "perdure/testing";
import { greet, greetAll } from "./index.ts";

test("every city is greeted, in the order of the input", async () => {
  await using hub = await createTestHub({ functions: [greetAll, greet] });
  const run = await hub.client.startNew(greetAll, { input: ["Tokyo", "London"] });
  assert.deepEqual(await hub.result(run), ["Hello, Tokyo!", "Hello, London!"]);
  await hub.verify();
});
