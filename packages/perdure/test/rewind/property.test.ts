import { test } from "node:test";
import { runReruns } from "./random-programs.testsuite.ts";

test("random programs that fail come to their end by rewinds, and so do forks of them, with crashes and repeated messages", async () => {
  await runReruns(1, 6);
});
