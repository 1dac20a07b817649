import { ENDINGS_OF, testEnding, testHeld, testTimeout } from "../app-threads/faults.testsuite.ts";
import { azureFaulty } from "./testing/azure-faulty.ts";

const newest = azureFaulty("durable-functions");

testHeld("block", 256, newest);
testHeld("loop", 256, newest);
for (const ending of ENDINGS_OF.thread) testEnding(ending, 256, newest);
testTimeout(256, newest);

for (const app of [
  azureFaulty("durable-functions-3.0"),
  azureFaulty("durable-functions-3.3"),
  azureFaulty("durable-functions", "process"),
]) {
  testEnding("an activity that calls process.exit", 64, app);
  testEnding("an orchestrator that loops for ever", 64, app);
  testHeld("loop", 64, app);
}
