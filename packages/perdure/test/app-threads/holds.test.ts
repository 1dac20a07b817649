import { testHeldAmid, testHeldInVain, testHoldsInTurn, testStoppedInVain } from "./holds.testsuite.ts";

testHoldsInTurn(["activity", "orchestrator"], 1);
testHeldAmid(20);
testHeldInVain("activity");
testStoppedInVain();
