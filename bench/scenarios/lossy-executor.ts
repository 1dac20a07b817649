import type { LossyArgument, LossyDone } from "../children/lossy.ts";
import { answerOf } from "../lib/child.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { AGAINST_OURSELVES, atLeast, atMost } from "../lib/scenario.ts";

const TURNS = 3;
const SECONDS_OF_TURN = 3;
const LOST_ONE_IN = 100;

export const lossyExecutor: ProcessScenario = {
  ...AGAINST_OURSELVES,
  name: "lossy-executor",
  summary:
    "five activities in sequence, by turns with no call lost, and with one call in 100 lost beside an instance whose every call is (the line: with)",
  stores: ["sqlite", "memory", "postgres"],
  levels: [256],
  levelMeans: "orchestrations at once",
  defaultRuns: 3,
  durationMeans: `seconds of each of ${2 * TURNS} turns (default ${SECONDS_OF_TURN})`,
  rate: "orchestrationsPerSecond",
  measure,
  targets,
};

async function measure({ freshStore, inFlight, durationSeconds, say }: ProcessRequest): Promise<Measured> {
  const secondsOfTurn = durationSeconds ?? SECONDS_OF_TURN;
  const argument: LossyArgument = { storeUrl: await freshStore(), inFlight, lostOneIn: LOST_ONE_IN, turns: TURNS, secondsOfTurn };
  const done = await answerOf<LossyDone>("children/lossy.ts", argument);
  const { completedWith, completedWithout, others, poison } = done;
  say(`${completedWithout} without, ${completedWith} with ${done.lostCalls} lost calls; the instance beside: ${poison}`);
  return measuredOf({ orchestrationsPerSecond: completedWith / (TURNS * secondsOfTurn) }, done, {
    keptPercent: (100 * completedWith) / completedWithout,
    poisonStopped: poison === "INSTANCE_POISON" ? 1 : 0,
    notCompleted: others,
  });
}

function targets(results: Results): readonly Target[] {
  const extra = results.ours(results.levels[0] ?? 0)?.median.extra ?? {};
  return [
    ...atLeast("one call in 100 lost: throughput keeps", extra.keptPercent ?? null, 80, "%"),
    ...atLeast("the instance whose every call is lost is stopped", extra.poisonStopped ?? null, 1, "time"),
    ...atMost("other instances that failed, were stopped or are still open", extra.notCompleted ?? null, 0, "instances"),
  ];
}
