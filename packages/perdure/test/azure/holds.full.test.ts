import { ISOLATIONS } from "../../src/app-threads/app-threads.ts";
import { testHeldInVain, testHoldsInTurn, testRandomFaults } from "../app-threads/holds.testsuite.ts";
import { azureFaulty } from "./testing/azure-faulty.ts";

for (const isolation of ISOLATIONS) {
  const app = azureFaulty("durable-functions", isolation);
  testHoldsInTurn(["activity", "activity"], 2, app);
  testHoldsInTurn(["http", "entity", "orchestrator", "activity"], 1, app);
  testHeldInVain("activity", app);
  testHeldInVain("orchestrator", app);
  for (let seed = 1; seed <= 6; seed++) {
    testRandomFaults(seed, "holds", 1 + (seed % 2), app);
    testRandomFaults(seed, "holds and ends", 1 + (seed % 2), app);
  }
}
