import { testKilled } from "./faults.testsuite.ts";

// What ends a process from inside: faults.full.test.ts.
testKilled(20);
