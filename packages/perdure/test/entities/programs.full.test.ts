import { test } from "node:test";
import { runPrograms } from "./testing/random-programs.ts";

test("random programs come to what a plain interpreter says: 2,000 in memory, 100 on a file", { timeout: 1_800_000 }, async () => {
  await runPrograms(1_000, 2_000);
  await runPrograms(10_000, 100, "sqlite");
});
