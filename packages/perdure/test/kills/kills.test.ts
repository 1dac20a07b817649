import assert from "node:assert/strict";
import { test } from "node:test";
import { runKills } from "./kills.ts";

test("a host killed 6 times at random moments loses nothing that it acknowledged", { timeout: 90_000 }, async (t) => {
  const report = await runKills({ kills: 6, seed: 20, pauseMs: 40 }); // `npm run check:full` loads with all that the machine has
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.starts >= 10 && report.events >= 4 && report.terminates >= 2 && report.completions >= 20, JSON.stringify(report));
});
