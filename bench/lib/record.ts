import type { Latencies } from "./stats.ts";
import { median } from "./stats.ts";

/** What one run of one scenario on one system gave. Null: the scenario does not measure it. */
export interface Measured extends Latencies {
  readonly orchestrationsPerSecond: number | null;
  readonly activitiesPerSecond: number | null;
  readonly eventsPerSecond: number | null;
  readonly rssMiB: number | null;
  /** Read back from the open connection; null when the store keeps nothing on disk. */
  readonly fsync: boolean | null;
  /** Numbers that only the scenario's own targets use. The same names in every run. */
  readonly extra: Readonly<Record<string, number>>;
}

/** What a run does not measure is null. `told`: of a process, which may have told other things as well. */
export function measuredOf(rates: Partial<Pick<Measured, Rate>>, told: Partial<Measured>, extra: Measured["extra"] = {}): Measured {
  const { orchestrationsPerSecond = null, activitiesPerSecond = null, eventsPerSecond = null } = rates;
  const { p50Ms = null, p95Ms = null, p99Ms = null, rssMiB = null, fsync = null } = told;
  return { orchestrationsPerSecond, activitiesPerSecond, eventsPerSecond, p50Ms, p95Ms, p99Ms, rssMiB, fsync, extra };
}

/** One line of `--json`. The names and their order are an interface: scripts read them. */
export interface BenchRecord extends Latencies {
  readonly scenario: string;
  readonly store: string | null;
  readonly peer: string | null;
  readonly inFlight: number;
  readonly orchestrationsPerSecond: number | null;
  readonly activitiesPerSecond: number | null;
  readonly eventsPerSecond: number | null;
  readonly floorCommitsPerSecond: number;
  readonly fsync: boolean | null;
  readonly commitDelayMs: number | null;
  readonly rssMiB: number | null;
  readonly ratioToPeer: number | null;
  /** Where six commits, one behind the other, are what a call waits for: its p50 over the time of six commits of the floor. */
  readonly p50OverSixFloorCommits: number | null;
}

export type Rate = "orchestrationsPerSecond" | "activitiesPerSecond" | "eventsPerSecond";

/** All runs of one system at one in-flight level. */
export interface Series {
  readonly peer: string | null;
  readonly store: string | null;
  readonly inFlight: number;
  readonly commitDelayMs: number | null;
  readonly floorCommitsPerSecond: number;
  readonly median: Measured;
}

/** Field by field: each number of the result is the median of that number over the runs. */
export function medianOf(runs: readonly Measured[]): Measured {
  const first = runs[0];
  if (first === undefined) throw new RangeError("medianOf: there are no runs");
  const field = (pick: (run: Measured) => number | null): number | null => {
    const values = runs.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  };
  return {
    orchestrationsPerSecond: field((run) => run.orchestrationsPerSecond),
    activitiesPerSecond: field((run) => run.activitiesPerSecond),
    eventsPerSecond: field((run) => run.eventsPerSecond),
    p50Ms: field((run) => run.p50Ms),
    p95Ms: field((run) => run.p95Ms),
    p99Ms: field((run) => run.p99Ms),
    rssMiB: field((run) => run.rssMiB),
    fsync: runs.some((run) => run.fsync === false) ? false : first.fsync,
    extra: Object.fromEntries(Object.keys(first.extra).map((name) => [name, median(runs.map((run) => run.extra[name] ?? Number.NaN))])),
  };
}

/** One of ours at a time in `hello-sequence-5`: its birth with the first call, four calls and its end are a commit each. */
export function p50OverSixFloorCommits(
  scenario: string,
  { peer, inFlight, floorCommitsPerSecond, median: { p50Ms } }: Series,
): number | null {
  if (scenario !== "hello-sequence-5" || peer !== null || inFlight !== 1 || p50Ms === null) return null;
  return p50Ms / (6_000 / floorCommitsPerSecond);
}

/** `ours` is our own series at the same level: a peer's line says how many times faster we were. */
export function recordOf(scenario: string, series: Series, ours: Series | null, rate: Rate): BenchRecord {
  const { median: measured } = series;
  return {
    scenario,
    store: series.store,
    peer: series.peer,
    inFlight: series.inFlight,
    orchestrationsPerSecond: rounded(measured.orchestrationsPerSecond, 1),
    activitiesPerSecond: rounded(measured.activitiesPerSecond, 1),
    eventsPerSecond: rounded(measured.eventsPerSecond, 1),
    p50Ms: rounded(measured.p50Ms, 3),
    p95Ms: rounded(measured.p95Ms, 3),
    p99Ms: rounded(measured.p99Ms, 3),
    floorCommitsPerSecond: Math.round(series.floorCommitsPerSecond),
    fsync: measured.fsync,
    commitDelayMs: series.commitDelayMs,
    rssMiB: rounded(measured.rssMiB, 1),
    ratioToPeer: series.peer === null || ours === null ? null : rounded(ratio(ours.median[rate], measured[rate]), 2),
    p50OverSixFloorCommits: rounded(p50OverSixFloorCommits(scenario, series), 2),
  };
}

export function ratio(ours: number | null, theirs: number | null): number | null {
  return ours === null || theirs === null || theirs === 0 ? null : ours / theirs;
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
