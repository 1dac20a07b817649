import { test } from "node:test";
import { runReruns } from "./random-programs.testsuite.ts";

test("random programs are rewound and forked: 2,000 in memory, 60 on a file", { timeout: 1_800_000 }, async () => {
  await runReruns(1_000, 2_000);
  await runReruns(10_000, 60, "sqlite");
});
