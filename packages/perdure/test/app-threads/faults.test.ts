import { testEnding, testHeld } from "./faults.testsuite.ts";

testHeld("block", 20);
testEnding("an activity that calls process.exit", 20);
