import type { AppThreadsArgument, AppThreadsDone } from "../children/app-threads.ts";
import { Child } from "../lib/child.ts";
import type { Measured } from "../lib/record.ts";
import { ratio } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atLeast, atMost } from "../lib/scenario.ts";

const TURNS = 3;
const SECONDS_OF_TURN = 2;
const BLOCK_MS = 3_000;

export const appThreads: ProcessScenario = {
  kind: "process",
  name: "app-threads",
  summary:
    "five activities in sequence, by turns with the functions in the process and on one app thread (the line: on the thread); then beside an activity that blocks the thread for 3 s",
  stores: ["sqlite", "memory", "postgres"],
  levels: [256, 1],
  levelMeans: "orchestrations at once",
  defaultRuns: 3,
  durationMeans: `seconds of each of ${2 * TURNS} turns (default ${SECONDS_OF_TURN})`,
  canDelayCommits: false,
  rate: "orchestrationsPerSecond",
  noPeers: "its targets compare us with ourselves",
  measure,
  targets,
};

async function measure({ freshStore, inFlight, durationSeconds, say }: ProcessRequest): Promise<Measured> {
  const secondsOfTurn = durationSeconds ?? SECONDS_OF_TURN;
  const storeUrls = { here: await freshStore(), there: await freshStore() };
  const blockMs = inFlight > 1 ? BLOCK_MS : 0;
  const argument: AppThreadsArgument = { storeUrls, inFlight, turns: TURNS, secondsOfTurn, blockMs };
  const child = new Child("children/app-threads.ts", argument);
  try {
    const { here, there, besideBlock, rssMiB } = await child.next<AppThreadsDone>();
    const seconds = TURNS * secondsOfTurn;
    say(
      `${Math.round(here.completed / seconds)}/s in process, p50 ${here.p50Ms?.toFixed(2)} ms; p99 beside a blocked thread ${besideBlock?.p99Ms?.toFixed(0)} ms`,
    );
    const { completed, ...latencies } = there;
    return {
      orchestrationsPerSecond: completed / seconds,
      activitiesPerSecond: null,
      eventsPerSecond: null,
      ...latencies,
      rssMiB,
      fsync: null,
      extra: {
        ofInProcess: ratio(completed, here.completed) ?? Number.NaN,
        moreMs: (there.p50Ms ?? Number.NaN) - (here.p50Ms ?? Number.NaN),
        ...(besideBlock === null ? {} : { besideBlockP99Ms: besideBlock.p99Ms ?? Number.NaN }),
      },
    };
  } finally {
    await child.stop();
  }
}

function targets(results: Results): readonly Target[] {
  const many = results.ours(256)?.median.extra ?? {};
  const one = results.ours(1)?.median.extra ?? {};
  return [
    ...atLeast("256 in flight, on a thread: rate against in process", many.ofInProcess ?? null, 0.7, "x"),
    ...atMost("1 in flight, on a thread: p50 more than in process", one.moreMs ?? null, 1, "ms"),
    ...atMost("256 in flight beside an activity that blocks its thread for 3 s: p99", many.besideBlockP99Ms ?? null, 1_500, "ms"),
  ];
}
