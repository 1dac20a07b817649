import { native, testEnding, testKilled } from "./faults.testsuite.ts";

testEnding("an activity that calls process.abort", 20, native("process"));
testKilled(20);
