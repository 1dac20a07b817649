import { testEnding } from "../app-threads/faults.testsuite.ts";
import { azureFaulty } from "./testing/azure-faulty.ts";

testEnding("an activity that calls process.exit", 20, azureFaulty("durable-functions"));
