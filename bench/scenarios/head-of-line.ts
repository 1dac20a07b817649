import type { SlowNeighboursArgument, SlowNeighboursDone } from "../children/slow-neighbours.ts";
import { answerOf } from "../lib/child.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf, ratio } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { AGAINST_OURSELVES, atMost } from "../lib/scenario.ts";

const SLOW_SECONDS = 3;

export const headOfLine: ProcessScenario = {
  ...AGAINST_OURSELVES,
  name: "head-of-line",
  summary:
    "five activities in sequence on one thread, beside an orchestrator that holds another thread, and beside an instance whose history takes as long to be read (the line: beside the held thread)",
  stores: ["sqlite", "memory", "postgres"],
  levels: [256],
  levelMeans: "quick orchestrations at once",
  defaultRuns: 3,
  durationMeans: `seconds for which the thread is held and the history is read (default ${SLOW_SECONDS})`,
  rate: "orchestrationsPerSecond",
  measure,
  targets,
};

async function measure({ freshStore, inFlight, durationSeconds, say }: ProcessRequest): Promise<Measured> {
  const seconds = durationSeconds ?? SLOW_SECONDS;
  const argument: SlowNeighboursArgument = { storeUrl: await freshStore(), inFlight, slowMs: seconds * 1_000 };
  const done = await answerOf<SlowNeighboursDone>("children/slow-neighbours.ts", argument);
  const { alone, besideHeldThread, aloneAgain, besideSlowHistory, rssMiB } = done;
  say(`p99 ${alone.p99Ms?.toFixed(0)} ms alone, ${besideHeldThread.p99Ms?.toFixed(0)} ms beside a held thread`);
  say(`p99 ${aloneAgain.p99Ms?.toFixed(0)} ms alone, ${besideSlowHistory.p99Ms?.toFixed(0)} ms beside a history that is being read`);
  const extra = {
    heldRatio: ratio(besideHeldThread.p99Ms, alone.p99Ms) ?? Number.NaN,
    historyRatio: ratio(besideSlowHistory.p99Ms, aloneAgain.p99Ms) ?? Number.NaN,
  };
  return measuredOf({ orchestrationsPerSecond: done.completed / seconds }, { ...besideHeldThread, rssMiB }, extra);
}

function targets(results: Results): readonly Target[] {
  const extra = results.ours(results.levels[0] ?? 0)?.median.extra ?? {};
  return [
    ...atMost("beside an orchestrator that holds its thread: p99 grows", extra.heldRatio ?? null, 2, "x"),
    ...atMost("beside a history that is being read: p99 grows", extra.historyRatio ?? null, 2, "x"),
  ];
}
