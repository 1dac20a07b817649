import { createNativeExecutor } from "./native-executor.ts";
import { executorSuite } from "./testing/executor.testsuite.ts";
import { createMessageChannelExecutor } from "./testing/message-channel-executor.ts";

executorSuite("native", (functions) => createNativeExecutor({ functions, maxPayloadBytes: 1_000 }));
executorSuite("message channel", (functions) => createMessageChannelExecutor(createNativeExecutor({ functions, maxPayloadBytes: 1_000 })));
