import { ISOLATIONS } from "../../src/app-threads/app-threads.ts";
import { native } from "./faults.testsuite.ts";
import { testEndedSoon, testHeldAmid, testHeldInVain, testHoldsInTurn, testRandomFaults, testStoppedInVain } from "./holds.testsuite.ts";

for (const isolation of ISOLATIONS) {
  const app = native(isolation);
  testHoldsInTurn(["activity", "activity"], 2, app);
  testHoldsInTurn(["http", "entity", "orchestrator", "activity"], 1, app);
  testHeldAmid(20, app);
  testHeldInVain("orchestrator", app);
  testStoppedInVain(app);
  testEndedSoon(app);
  for (let seed = 1; seed <= 6; seed++) {
    testRandomFaults(seed, "holds", 1 + (seed % 2), app);
    testRandomFaults(seed, "holds and ends", 1 + (seed % 2), app);
  }
}
