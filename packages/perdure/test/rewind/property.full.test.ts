import { test } from "node:test";
import { runRerunStorms, runReruns } from "./random-programs.testsuite.ts";

test("random programs are rewound and forked: 2,000 in memory, 60 on a file", { timeout: 1_800_000 }, async () => {
  await runReruns(1_000, 2_000);
  await runReruns(10_000, 60, "sqlite");
});

test("random programs are rewound and forked, many at once, while all faults of the simulator happen: 400 seeds", {
  timeout: 1_800_000,
}, async () => {
  await runRerunStorms(9_520_000, 400);
});
