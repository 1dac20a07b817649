import { rssMiB, runClosedLoop } from "../lib/load.ts";
import type { Measured, Series } from "../lib/record.ts";
import { p50OverSixFloorCommits, ratio } from "../lib/record.ts";
import type { LoadRequest, LoadScenario, Results, Target } from "../lib/scenario.ts";
import { atLeast, atMost } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";
import type { System } from "../lib/system.ts";
import { CITIES, runOnce } from "../lib/system.ts";

export const helloSequence5: LoadScenario = {
  kind: "load",
  name: "hello-sequence-5",
  summary: "five activities in sequence",
  stores: ["sqlite", "memory", "postgres"],
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
    once: (n) => runOnce(system, "hello", n),
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
  if (results.commitDelayMs > 0) return results.commitDelayMs === 1 ? delayedTargets(results) : [];
  return results.store === "postgres" ? serverTargets(results) : fileTargets(results);
}

const rateAt = (series: Series | null): number | null => series?.median.orchestrationsPerSecond ?? null;

/** How many times more per second than that peer, with 256 in flight. */
const versus = (results: Results, peer: string): number | null => ratio(rateAt(results.ours(256)), rateAt(results.peer(peer, 256)));

function overFloor(results: Results): number | null {
  const one = results.ours(1);
  return one === null ? null : p50OverSixFloorCommits(helloSequence5.name, one);
}

function delayedTargets(results: Results): readonly Target[] {
  const kept = ratio(rateAt(results.ours(256)), rateAt(results.undelayed(256)));
  const keeps = atLeast("256 in flight keeps", kept === null ? null : kept * 100, 60, "%");
  return results.store === "postgres" ? keeps : [...keeps, ...atMost("1 in flight: p50", results.ours(1)?.median.p50Ms ?? null, 9, "ms")];
}

function fileTargets(results: Results): readonly Target[] {
  const one = results.ours(1)?.median ?? null;
  return [
    ...atLeast("256 in flight", rateAt(results.ours(256)), 10_500, "orchestrations/s"),
    ...atLeast("256 in flight: durabletask-js in memory", versus(results, "durabletask-js"), 3.5, "x"),
    ...atLeast("256 in flight: openworkflow", versus(results, "openworkflow"), 30, "x"),
    ...atMost("1 in flight: p50", one?.p50Ms ?? null, 0.8, "ms"),
    ...atMost("1 in flight: p99", one?.p99Ms ?? null, 3, "ms"),
    ...atMost("1 in flight: p50 over six commits of the floor", overFloor(results), 1.7, "x"),
  ];
}

function serverTargets(results: Results): readonly Target[] {
  const one = results.ours(1)?.median.p50Ms ?? null;
  return [
    ...atLeast("256 in flight", rateAt(results.ours(256)), 5_400, "orchestrations/s"),
    ...atLeast("256 in flight: dbos", versus(results, "dbos"), 20, "x"),
    ...atMost("1 in flight: p50", one, 2, "ms"),
    ...atMost("1 in flight: p50 over six commits of the floor", overFloor(results), 1.6, "x"),
    ...atLeast("1 in flight: p50 of dbos over ours", ratio(results.peer("dbos", 1)?.median.p50Ms ?? null, one), 3, "x"),
  ];
}
