import assert from "node:assert/strict";
import { test } from "node:test";
import { runManyRewinds } from "./many-rewinds.testsuite.ts";

test("60 failed orders are rewound while workers die: each comes to its end", { timeout: 120_000 }, async () => {
  const { kills } = await runManyRewinds({ seed: 1, store: "memory", orders: 60 });
  assert.ok(kills > 0);
});
