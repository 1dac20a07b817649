import { testHoldsInTurn } from "../app-threads/holds.testsuite.ts";
import { azureFaulty } from "./testing/azure-faulty.ts";

testHoldsInTurn(["activity", "orchestrator"], 1, azureFaulty("durable-functions"));
