import type { Backlog } from "../../store/backlog.ts";
import type { WorkerWork } from "../../store/rows.ts";
import type { FoundWorkers } from "../known-functions.ts";
import { liveWorkers } from "../known-functions.ts";
import { countOf, sumOf } from "./count.ts";
import type { InspectedRates, Percentiles } from "./fleet-types.ts";

export function fleetRates(found: FoundWorkers, { instances }: Backlog): InspectedRates {
  const works = liveWorkers(found).flatMap(({ load }) => load?.work ?? []);
  const unclaimed = sumOf(instances.map(({ waiting }) => countOf(waiting)));
  return { ...ratesOf(works), unclaimed };
}

/** Of times and rows the mean of the workers; the longest time is that of the slowest. */
export function ratesOf(works: readonly WorkerWork[]): Omit<InspectedRates, "unclaimed"> {
  const commits = works.flatMap(({ commit }) => commit ?? []);
  const sum = (of: (work: WorkerWork) => number) => works.reduce((all, work) => all + of(work), 0);
  const ran = sum((work) => work.ran);
  const isSaid = works.length > 0;
  return {
    endedPerSecond: isSaid ? sum((work) => work.ended) : null,
    activitiesPerSecond: isSaid ? ran : null,
    activitiesFailed: isSaid ? sum((work) => work.failed) / (ran || 1) : null,
    commit: timesOf(commits),
    rowsPerCommit: mean(commits.map(({ rows }) => rows)),
    eventToEpisode: timesOf(works.flatMap(({ event }) => event ?? [])),
  };
}

function timesOf(times: readonly Percentiles[]): Percentiles | null {
  const p50 = mean(times.map((one) => one.p50));
  return p50 === null ? null : { p50, p99: Math.max(...times.map(({ p99 }) => p99)) };
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
