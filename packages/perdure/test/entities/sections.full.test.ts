import assert from "node:assert/strict";
import { test } from "node:test";
import { runManySections } from "./testing/many-sections.ts";

test("10,000 critical sections over 1 to 3 of 8 entities on three workers that die", { timeout: 1_800_000 }, async () => {
  const { kills } = await runManySections({ seed: 2, store: "memory", users: 40, sections: 280, victims: 200 });
  assert.ok(kills > 100, `${kills} kills`);
});

test("2,000 of them on a file", { timeout: 1_800_000 }, async () => {
  const { kills } = await runManySections({ seed: 3, store: "sqlite", users: 30, sections: 75, victims: 60 });
  assert.ok(kills > 20, `${kills} kills`);
});
