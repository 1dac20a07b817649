import { testEnding, testKilled } from "./faults.testsuite.ts";

testEnding("an activity that calls process.abort", 20, "process");
testKilled(20);
