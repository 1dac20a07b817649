import { realScheduler } from "../process/real-time.ts";
import { limitAnswers } from "./limit-answers.ts";
import { limitCursors } from "./limit-cursors.ts";
import { createNativeExecutor } from "./native-executor.ts";
import { executorSuite } from "./testing/executor.testsuite.ts";

executorSuite("native", (functions) => createNativeExecutor({ functions, maxPayloadBytes: 1_000 }));
executorSuite("behind limits", (functions) => {
  const cursors = limitCursors(createNativeExecutor({ functions, maxPayloadBytes: 1_000 }), 1_000_000);
  return limitAnswers(cursors, { episodeMs: 60_000, activityGraceMs: 60_000, entityBatchMs: 60_000 }, realScheduler(true));
});
