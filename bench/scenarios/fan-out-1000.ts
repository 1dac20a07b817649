import { rssMiB, runRounds, timed } from "../lib/load.ts";
import type { Measured } from "../lib/record.ts";
import type { LoadRequest, LoadScenario, Results, Target } from "../lib/scenario.ts";
import { atLeast, atMost } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";
import type { System } from "../lib/system.ts";
import { FAN_OUT, runOnce } from "../lib/system.ts";

export const fanOut1000: LoadScenario = {
  kind: "load",
  name: "fan-out-1000",
  summary: "1,000 activities at once per instance, results added up",
  stores: ["sqlite", "memory", "postgres"],
  levels: [1, 20],
  levelMeans: "instances started at once in each round",
  defaultRuns: 3,
  durationMeans: "measured seconds of each run (default 5)",
  canDelayCommits: true,
  rate: "activitiesPerSecond",
  measure,
  targets,
};

async function measure(system: System, request: LoadRequest): Promise<Measured> {
  const measureMs = (request.durationSeconds ?? 5) * 1_000;
  const one = (n: number) => timed(() => runOnce(system, "fan-out", n));
  const { rounds, seconds, milliseconds } = await runRounds({
    warmUpMs: Math.min(2_000, measureMs),
    measureMs,
    warmUp: one,
    round: (index) => Promise.all(Array.from({ length: request.inFlight }, (_, lane) => one(index * request.inFlight + lane))),
  });
  const instances = rounds * request.inFlight;
  return {
    orchestrationsPerSecond: instances / seconds,
    activitiesPerSecond: (instances * FAN_OUT) / seconds,
    eventsPerSecond: null,
    ...latenciesOf(milliseconds),
    rssMiB: rssMiB(),
    fsync: system.fsync,
    extra: {},
  };
}

function targets(results: Results): readonly Target[] {
  if (results.commitDelayMs > 0) return [];
  const onServer = results.store === "postgres";
  return [
    ...atMost("one instance (p50)", results.ours(1)?.median.p50Ms ?? null, onServer ? 80 : 40, "ms"),
    ...atLeast("twenty at once", results.ours(20)?.median.activitiesPerSecond ?? null, onServer ? 30_000 : 60_000, "activities/s"),
  ];
}
