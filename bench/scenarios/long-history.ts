import { rssMiB, timed } from "../lib/load.ts";
import type { Measured } from "../lib/record.ts";
import type { LoadRequest, LoadScenario, Results, Target } from "../lib/scenario.ts";
import { atMost } from "../lib/scenario.ts";
import { latenciesOf, mean } from "../lib/stats.ts";
import type { System } from "../lib/system.ts";
import { listenToTicks, runOnce } from "../lib/system.ts";

const LENGTH = 10_000;
const WARM_UP = 1_000;
/** Activities over which the cost at a position is averaged: a single one is mostly noise of the disk. */
const WINDOW = 100;

export const longHistory: LoadScenario = {
  kind: "load",
  name: "long-history",
  summary: "10,000 activities in sequence in one instance (latencies: from one activity to the next)",
  stores: ["sqlite", "memory", "postgres"],
  levels: [1],
  levelMeans: null,
  defaultRuns: 3,
  durationMeans: null,
  canDelayCommits: true,
  rate: "activitiesPerSecond",
  measure,
  targets,
};

async function measure(system: System, _request: LoadRequest): Promise<Measured> {
  await runOne(system, WARM_UP);
  const { times, seconds } = await runOne(system, LENGTH);
  const intervals = Array.from({ length: LENGTH - 1 }, (_, n) => (times[n + 1] ?? Number.NaN) - (times[n] ?? Number.NaN));
  // Around activity 100, and the last ones up to activity 10,000.
  const early = mean(intervals.slice(100 - WINDOW / 2, 100 + WINDOW / 2));
  const late = mean(intervals.slice(-WINDOW));
  return {
    orchestrationsPerSecond: null,
    activitiesPerSecond: LENGTH / seconds,
    eventsPerSecond: null,
    ...latenciesOf(intervals),
    rssMiB: rssMiB(),
    fsync: system.fsync,
    extra: { earlyMs: early, lateMs: late, growth: late / early, meanMs: (seconds * 1_000) / LENGTH },
  };
}

async function runOne(system: System, length: number): Promise<{ readonly times: Float64Array; readonly seconds: number }> {
  const times = new Float64Array(length);
  listenToTicks((n) => {
    times[n] = performance.now();
  });
  return { times, seconds: (await timed(() => runOnce(system, "long", length))) / 1_000 };
}

function targets(results: Results): readonly Target[] {
  // On PostgreSQL it is measured, but nothing was promised.
  if (results.commitDelayMs > 0 || results.store === "postgres") return [];
  const extra = results.ours(1)?.median.extra ?? {};
  return [
    ...atMost("cost at activity 10,000 : at activity 100", extra.growth ?? null, 1.5, "x"),
    ...atMost("each activity (mean)", extra.meanMs ?? null, 0.15, "ms"),
  ];
}
