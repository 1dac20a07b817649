import { testExecutor } from "./executor.testsuite.ts";

testExecutor("process");
