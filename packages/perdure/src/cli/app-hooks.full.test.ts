import assert from "node:assert/strict";
import { test } from "node:test";
import { lifeOf } from "./app-hooks.testsuite.ts";

test("each process of an app runs its start and stop hooks once, in each kind of host", async () => {
  assert.deepEqual(await lifeOf(), ["worker starts", "worker stops"]);
  assert.deepEqual(await lifeOf("--no-worker"), ["door starts", "door stops"]);
  assert.deepEqual((await lifeOf("--workers", "2")).sort(), [
    "door starts",
    "door stops",
    "worker starts",
    "worker starts",
    "worker stops",
    "worker stops",
  ]);
});
