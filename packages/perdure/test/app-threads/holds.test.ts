// Each ends or holds threads, which start again: calls of one moment, and a host that stops meanwhile, are in holds.full.test.ts.
import { testHeldInVain, testHoldsInTurn } from "./holds.testsuite.ts";

testHoldsInTurn(["activity", "orchestrator"], 1);
testHeldInVain("activity");
