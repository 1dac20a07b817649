import { ALL_ENDINGS, testEnding, testHeld, testOwnTimeout } from "./faults.testsuite.ts";

testHeld("loop", 256, 10_000);
for (const ending of ALL_ENDINGS) testEnding(ending, 256);
testOwnTimeout();
