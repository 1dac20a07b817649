import { test } from "node:test";
import { runTroubles } from "./run-troubles.ts";
import { shares } from "./shares.ts";
import { freezes, kills, lostAnswers, terminations } from "./troubles.ts";

test("case 28: three workers on PostgreSQL share the work and lose none, whatever befalls them and the server", {
  timeout: 90_000,
}, async (t) => {
  await runTroubles(t, {
    version: "18",
    seed: 18,
    settings: { fsync: "off" }, // nothing here takes power away from the disk
    pauseMs: 400, // `npm run check:full` loads with all that the machine has
    calm: [{ act: shares({ instances: 100, ms: 6 }), rounds: 1 }],
    // Restarts of the server: cases.test.ts.
    acts: [
      { act: kills, rounds: 1 },
      { act: freezes, rounds: 1 },
      { act: terminations, rounds: 2 },
      { act: lostAnswers, rounds: 1 },
    ],
  });
});
