import { ISOLATIONS } from "../../src/app-threads/app-threads.ts";
import { ENDINGS_OF, native, testEnding, testHeld, testKilled, testTimeout } from "./faults.testsuite.ts";

for (const isolation of ISOLATIONS) {
  const app = native(isolation);
  testHeld("block", 256, app);
  testHeld("loop", 256, app);
  for (const ending of ENDINGS_OF[isolation]) testEnding(ending, 256, app);
  testTimeout(256, app);
}
testKilled(256);
