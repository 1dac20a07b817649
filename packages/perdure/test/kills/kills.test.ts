import assert from "node:assert/strict";
import { test } from "node:test";
import { runKills } from "./kills.ts";

test("a host killed 20 times at random moments loses nothing that it acknowledged", { timeout: 90_000 }, async (t) => {
  const report = await runKills({ kills: 20, seed: 20 });
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.starts >= 50 && report.events >= 20 && report.terminates >= 10 && report.completions >= 100, JSON.stringify(report));
});
