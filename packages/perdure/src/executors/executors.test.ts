import { createNativeExecutor } from "./native-executor.ts";
import { executorSuite } from "./testing/executor.testsuite.ts";

executorSuite("native", (functions) => createNativeExecutor({ functions, maxPayloadBytes: 1_000 }));
