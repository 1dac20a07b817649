import { executorSuite } from "./executor.testsuite.ts";
import { createMessageChannelExecutor } from "./message-channel-executor.ts";
import { createNativeExecutor } from "./native-executor.ts";

executorSuite("native", (functions) => createNativeExecutor({ functions, maxPayloadBytes: 1_000 }));
executorSuite("message channel", (functions) => createMessageChannelExecutor(createNativeExecutor({ functions, maxPayloadBytes: 1_000 })));
