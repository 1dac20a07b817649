import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { executorSuite } from "../../src/executors/testing/executor.testsuite.ts";
import { createMessageChannelExecutor } from "../../src/testing/threads/message-channel-executor.ts";

executorSuite("message channel", (functions) => createMessageChannelExecutor(createNativeExecutor({ functions, maxPayloadBytes: 1_000 })));
