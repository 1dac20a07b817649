import assert from "node:assert/strict";
import { test } from "node:test";
import { runManyRewinds } from "./many-rewinds.testsuite.ts";

for (const store of ["memory", "sqlite"] as const) {
  test(`1,000 failed orders are rewound while workers die: none is left, ${store}`, { timeout: 1_800_000 }, async () => {
    const { kills } = await runManyRewinds({ seed: 2, store, orders: 1_000 });
    assert.ok(kills > 20, `${kills} kills`);
  });
}
