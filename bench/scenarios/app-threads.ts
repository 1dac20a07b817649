import type { AppLoad, AppThreadsArgument, AppThreadsDone, Part, SideKind } from "../children/app-threads.ts";
import { answerOf } from "../lib/child.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf, ratio } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { AGAINST_OURSELVES, atLeast, atMost } from "../lib/scenario.ts";

const TURNS = 4;
const SECONDS_OF_TURN = 2;
const BLOCK_MS = 3_000;
const LENGTH = 5_000;

const COMMON = {
  ...AGAINST_OURSELVES,
  stores: ["sqlite", "memory", "postgres"],
  levelMeans: "orchestrations at once",
  defaultRuns: 3,
  durationMeans: `seconds of each of ${2 * TURNS} turns (default ${SECONDS_OF_TURN})`,
  rate: "orchestrationsPerSecond",
} as const;

export const appThreads: ProcessScenario = {
  ...COMMON,
  name: "app-threads",
  summary:
    "five activities in sequence, by turns with the functions in the process and on one app thread (the line: on the thread); then beside an activity that blocks the thread for 3 s",
  levels: [256, 1],
  measure: (request) => run(request, "native", hello(request), request.inFlight > 1 ? BLOCK_MS : 0),
  targets: (results) => [
    ...helloTargets(results, { ofInProcess: 0.7, moreMs: 1 }),
    ...atMost("beside an activity that blocks the thread for 3 s: p99", extraAt(results, 256).besideBlockP99Ms, 1_500, "ms"),
    ...atMost("then failed, stopped or still open", extraAt(results, 256).notCompleted, 0, "instances"),
  ],
};

export const azureHello: ProcessScenario = {
  ...COMMON,
  name: "azure-hello-sequence-5",
  summary: "five activities in sequence, by turns as native functions in the process and as an Azure app on one thread (the line)",
  levels: [256, 1],
  measure: (request) => run(request, "azure", hello(request)),
  targets: (results) => helloTargets(results, { ofInProcess: 0.5, moreMs: 1.5 }),
};

export const azureFanOut: ProcessScenario = {
  ...COMMON,
  name: "azure-fan-out-1000",
  summary:
    "1,000 activities at once in one instance, by turns as native functions in the process and as an Azure app on one thread (the line)",
  levels: [1],
  levelMeans: "instances started at once in each round",
  measure: (request) => run(request, "azure", { ...hello(request), program: "fan-out" }),
  targets: (results) => atMost("one instance: p50 against native in process", extraAt(results, 1).p50Ratio, 3, "x"),
};

export const azureLongHistory: ProcessScenario = {
  ...COMMON,
  name: "azure-long-history",
  summary: `${LENGTH} activities in sequence in one instance, by turns as native functions in the process and as an Azure app on one thread (the line)`,
  levels: [1],
  levelMeans: null,
  durationMeans: null,
  measure: (request) => run(request, "azure", { program: "long", length: LENGTH }),
  targets: (results) => {
    const { moreMs, growth } = extraAt(results, 1);
    return [
      ...atMost("each activity, above native in process (mean)", moreMs === undefined ? null : moreMs / LENGTH, 0.2, "ms"),
      ...atMost(`cost at activity ${LENGTH} : at activity 100`, growth, 1.3, "x"),
    ];
  },
};

/** The same functions in the same process, with a hub that counts or traces, or that is looked at. */
const observed = (kind: "metrics" | "traces" | "pages", what: string, least: number, secondsOfTurn = SECONDS_OF_TURN): ProcessScenario => ({
  ...COMMON,
  name: kind,
  summary: `five activities in sequence in the process, by turns without ${what} and with them (the line)`,
  levels: [256],
  durationMeans: `seconds of each of ${2 * TURNS} turns (default ${secondsOfTurn})`,
  measure: (request) => run(request, kind, hello(request, secondsOfTurn)),
  targets: (results) => atLeast(`256 in flight: rate with ${what} against without`, extraAt(results, 256).ofInProcess, least, "x"),
});

export const withMetrics = observed("metrics", "metrics", 0.98);
export const withTraces = observed("traces", "traces", 0.85);
/** A page looks every two seconds. */
export const withPages = observed("pages", "ten open pages of its console", 0.97, 6);

const hello = (
  { inFlight, durationSeconds }: ProcessRequest,
  secondsOfTurn = SECONDS_OF_TURN,
): AppLoad & { readonly program: "hello" | "fan-out" } => ({
  ...{ program: "hello", inFlight, secondsOfTurn: durationSeconds ?? secondsOfTurn },
});

async function run({ freshStore, say }: ProcessRequest, kind: SideKind, load: AppLoad, blockMs = 0): Promise<Measured> {
  const storeUrls = { here: await freshStore(), there: await freshStore() };
  const argument: AppThreadsArgument = { storeUrls, kind, load, turns: TURNS, blockMs };
  const { here, there, besideBlock, rssMiB } = await answerOf<AppThreadsDone>("children/app-threads.ts", argument);
  say(`native in process: ${words(here)}`);
  say(`${NAMES[kind]}: ${words(there)}`);
  if (besideBlock !== null) say(`beside a blocked thread: p99 ${besideBlock.p99Ms?.toFixed(0)} ms of ${besideBlock.completed}`);
  return measuredOf({ orchestrationsPerSecond: rateOf(there) }, { ...there, rssMiB }, extraOf({ here, there, besideBlock }));
}

function extraOf({ here, there, besideBlock }: Omit<AppThreadsDone, "rssMiB">): Measured["extra"] {
  const [ms, msHere] = [there.p50Ms ?? Number.NaN, here.p50Ms ?? Number.NaN];
  const { earlyMs, lateMs } = there;
  return {
    ofInProcess: ratio(rateOf(there), rateOf(here)) ?? Number.NaN,
    moreMs: ms - msHere,
    p50Ratio: ms / msHere,
    ...(earlyMs === null || lateMs === null ? {} : { growth: lateMs / earlyMs }),
    ...(besideBlock === null ? {} : { besideBlockP99Ms: besideBlock.p99Ms ?? Number.NaN, notCompleted: besideBlock.notCompleted }),
  };
}

const NAMES: { readonly [Kind in SideKind]: string } = {
  native: "native on a thread",
  azure: "azure on a thread",
  metrics: "with metrics",
  traces: "with traces",
  pages: "with ten open pages",
};

const rateOf = ({ completed, seconds }: Part): number => completed / seconds;

const words = (part: Part): string =>
  `${rateOf(part).toFixed(part.completed < 100 ? 2 : 0)}/s, p50 ${part.p50Ms?.toFixed(2)} ms; processor time of each ${part.cpuMs.toFixed(3)} ms, on the engine's thread ${part.engineCpuMs.toFixed(3)} ms`;

const extraAt = (results: Results, level: number): Measured["extra"] => results.ours(level)?.median.extra ?? {};

function helloTargets(results: Results, least: { readonly ofInProcess: number; readonly moreMs: number }): readonly Target[] {
  return [
    ...atLeast("256 in flight: rate against native in process", extraAt(results, 256).ofInProcess, least.ofInProcess, "x"),
    ...atMost("1 in flight: p50 more than native in process", extraAt(results, 1).moreMs, least.moreMs, "ms"),
  ];
}
