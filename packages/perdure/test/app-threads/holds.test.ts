import { testHeldInVain, testHoldsInTurn, testStoppedInVain } from "./holds.testsuite.ts";

testHoldsInTurn(["activity", "orchestrator"], 1);
testHeldInVain("activity");
testStoppedInVain();
