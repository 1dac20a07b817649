import assert from "node:assert/strict";
import { test } from "node:test";
import { runKills } from "./kills.ts";

test("a host killed 8 times at random moments loses nothing that it acknowledged", { timeout: 90_000 }, async (t) => {
  const report = await runKills({ kills: 8, seed: 20 });
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.starts >= 20 && report.events >= 8 && report.terminates >= 4 && report.completions >= 40, JSON.stringify(report));
});
