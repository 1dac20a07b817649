import { test } from "node:test";
import { runTroubles } from "./run-troubles.ts";
import { shares } from "./shares.ts";
import { freezes, kills, lostAnswers, restarts, terminations } from "./troubles.ts";

test("three workers on PostgreSQL share the work and lose none, whatever befalls them and the server", { timeout: 90_000 }, async (t) => {
  await runTroubles(t, {
    version: "18",
    seed: 18,
    settings: { fsync: "off" }, // nothing here takes power away from the disk
    calm: [{ act: shares, rounds: 2 }],
    acts: [
      { act: kills, rounds: 3 },
      { act: freezes, rounds: 1 },
      { act: terminations, rounds: 30 },
      { act: lostAnswers, rounds: 10 },
      { act: restarts, rounds: 1 },
    ],
  });
});
