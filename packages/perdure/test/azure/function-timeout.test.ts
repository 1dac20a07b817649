import { testFunctionTimeout } from "./function-timeout.testsuite.ts";

testFunctionTimeout(true);
