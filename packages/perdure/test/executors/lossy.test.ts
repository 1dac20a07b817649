import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { executorSuite } from "../../src/executors/testing/executor.testsuite.ts";
import type { ActivityRequest, NotRun } from "../../src/model/executor.ts";
import type { Fate } from "../../src/testing/lossy-executor.ts";
import { createLossyExecutor, PASS } from "../../src/testing/lossy-executor.ts";
import { Random } from "../../src/testing/random.ts";

const LOST: NotRun = { kind: "lost", atFault: null };
const FATES: readonly Fate[] = [
  PASS,
  { kind: "dropped", answer: LOST },
  { kind: "dropped", answer: { kind: "declined", retryAfterMs: 1, elsewhere: false } },
  { kind: "answerLost", answer: LOST },
  { kind: "late", answer: LOST, afterMs: 2 },
  { kind: "twice" },
  { kind: "rejects", error: new Error("write EPIPE") },
];

/** What never ends by itself is not run twice: its first run would never be told to. */
const isEndless = ({ name }: ActivityRequest) => name === "WaitsForSignal";

for (const seed of [1, 2, 3]) {
  executorSuite(
    `native behind a place that fails (${seed})`,
    (functions) => {
      const random = new Random(seed);
      const fate = () => (random.chance(0.4) ? random.pick(FATES) : PASS);
      return createLossyExecutor(createNativeExecutor({ functions, maxPayloadBytes: 1_000 }), {
        episode: fate,
        entityBatch: fate,
        activity: (request) => (isEndless(request) ? PASS : fate()),
        after: (ms, task) => void setTimeout(task, ms),
      });
    },
    { losesCursors: true },
  );
}
