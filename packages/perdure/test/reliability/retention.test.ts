import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const RETENTIONS = [
  ["1 minute", MINUTE],
  ["7 minutes", 7 * MINUTE],
  ["8 minutes", 8 * MINUTE],
  ["9 minutes", 9 * MINUTE],
  ["12 hours", 12 * HOUR],
  ["7 days", 7 * DAY],
  ["30 days", 30 * DAY],
] as const;

for (const store of ["memory", "sqlite"] as const) {
  for (const [label, retentionMs] of RETENTIONS) {
    test(`a retention of ${label} purges what ended before it, and nothing else: ${store}`, async () => {
      const functions = () => [orchestrator("Quick", () => "done")];
      await using fleet = await TestFleet.open(1, { store, functions, settings: { retentionMs } });
      await fleet.start(0, "Quick", ["old-1", "old-2"]);
      await fleet.advance(1_000);
      // Most of it passes at once, what is left with every tick of the upkeep.
      fleet.sim.world.jump(retentionMs - 50_000);
      await fleet.advance(10_000);
      assert.equal((await fleet.status("old-1"))?.runtimeStatus, "Completed", "not before its time");
      await fleet.start(0, "Quick", "young");
      await fleet.advance(39_000 + MINUTE + 2_000);
      assert.deepEqual([await fleet.status("old-1"), await fleet.status("old-2")], [null, null]);
      if (retentionMs > 2 * MINUTE) assert.equal((await fleet.status("young"))?.runtimeStatus, "Completed");
    });
  }
}
