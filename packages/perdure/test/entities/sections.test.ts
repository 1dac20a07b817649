import assert from "node:assert/strict";
import { test } from "node:test";
import { runManySections } from "./testing/many-sections.ts";

test("critical sections on three workers that die: no interleaving, no lock left, sums right", { timeout: 120_000 }, async () => {
  const { kills } = await runManySections({ seed: 1, store: "memory", users: 15, sections: 12, victims: 12 });
  assert.ok(kills > 0);
});
