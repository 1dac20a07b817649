import assert from "node:assert/strict";
import { test } from "node:test";
import { runKills } from "./kills.ts";

test("a host killed 3 times at random moments loses nothing that it acknowledged", { timeout: 90_000 }, async (t) => {
  const report = await runKills({ kills: 3, seed: 20, pauseMs: 60 }); // `npm run check:full` loads with all that the machine has
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.starts >= 5 && report.events >= 2 && report.terminates >= 1 && report.completions >= 10, JSON.stringify(report));
});
