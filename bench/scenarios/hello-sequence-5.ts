import { rssMiB, runClosedLoop } from "../lib/load.ts";
import type { Measured } from "../lib/record.ts";
import { ratio } from "../lib/record.ts";
import type { LoadRequest, LoadScenario, Results, Target } from "../lib/scenario.ts";
import { atLeast, atMost } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";
import type { System } from "../lib/system.ts";
import { CITIES, expectedOutput, verify } from "../lib/system.ts";

export const helloSequence5: LoadScenario = {
  kind: "load",
  name: "hello-sequence-5",
  summary: "five activities in sequence",
  stores: ["sqlite", "memory"],
  levels: [256, 1],
  levelMeans: "orchestrations at once",
  defaultRuns: 3,
  durationMeans: "measured seconds of each run (default 5)",
  canDelayCommits: true,
  rate: "orchestrationsPerSecond",
  measure,
  targets,
};

async function measure(system: System, request: LoadRequest): Promise<Measured> {
  const measureMs = (request.durationSeconds ?? 5) * 1_000;
  const { completed, seconds, milliseconds } = await runClosedLoop({
    inFlight: request.inFlight,
    warmUpMs: Math.min(2_000, measureMs),
    measureMs,
    once: async (n) => {
      const run = await system.start("hello", n);
      verify("hello", n, await run.result(), expectedOutput("hello", n));
    },
  });
  return {
    orchestrationsPerSecond: completed / seconds,
    activitiesPerSecond: (completed * CITIES.length) / seconds,
    eventsPerSecond: null,
    ...latenciesOf(milliseconds),
    rssMiB: rssMiB(),
    fsync: system.fsync,
    extra: {},
  };
}

function targets(results: Results): readonly Target[] {
  const many = results.ours(256)?.median ?? null;
  const one = results.ours(1)?.median ?? null;
  if (results.commitDelayMs > 0) {
    if (results.commitDelayMs !== 1) return [];
    const before = results.undelayed(256)?.median.orchestrationsPerSecond ?? null;
    const kept = ratio(many?.orchestrationsPerSecond ?? null, before);
    return [
      ...atLeast("256 in flight keeps", kept === null ? null : kept * 100, 60, "%"),
      ...atMost("1 in flight: p50", one?.p50Ms ?? null, 9, "ms"),
    ];
  }
  const versus = (peer: string): number | null =>
    ratio(many?.orchestrationsPerSecond ?? null, results.peer(peer, 256)?.median.orchestrationsPerSecond ?? null);
  return [
    ...atLeast("256 in flight", many?.orchestrationsPerSecond ?? null, 10_500, "orchestrations/s"),
    ...atLeast("256 in flight: durabletask-js in memory", versus("durabletask-js"), 3.5, "x"),
    ...atLeast("256 in flight: openworkflow", versus("openworkflow"), 30, "x"),
    ...atMost("1 in flight: p50", one?.p50Ms ?? null, 0.8, "ms"),
    ...atMost("1 in flight: p99", one?.p99Ms ?? null, 3, "ms"),
  ];
}
