import { ISOLATIONS } from "../../src/app-threads/app-threads.ts";
import { ENDINGS_OF, testEnding, testHeld, testKilled, testOwnTimeout } from "./faults.testsuite.ts";

for (const isolation of ISOLATIONS) {
  testHeld("loop", 256, 10_000, isolation);
  for (const ending of ENDINGS_OF[isolation]) testEnding(ending, 256, isolation);
  testOwnTimeout(isolation);
}
testKilled(256);
