import type { Backlog } from "../../store/backlog.ts";
import type { WorkerWork } from "../../store/rows.ts";
import type { FoundWorkers } from "../known-functions.ts";
import { liveWorkers } from "../known-functions.ts";
import { countOf, sumOf } from "./count.ts";
import type { InspectedRates } from "./fleet-types.ts";

export function fleetRates(found: FoundWorkers, { instances }: Backlog): InspectedRates {
  const works = liveWorkers(found).flatMap(({ load }) => load?.work ?? []);
  const unclaimed = sumOf(instances.map(({ waiting }) => countOf(waiting)));
  return { ...ratesOf(works), unclaimed };
}

/** Of times and rows the mean of the workers; the longest time is that of the slowest. */
export function ratesOf(works: readonly WorkerWork[]): Omit<InspectedRates, "unclaimed"> {
  const sum = (of: (work: WorkerWork) => number) => works.reduce((all, work) => all + of(work), 0);
  const commits = works.flatMap(({ commit }) => commit ?? []);
  const mean = (of: (commit: (typeof commits)[number]) => number) => commits.reduce((all, one) => all + of(one), 0) / commits.length;
  const ran = sum((work) => work.ran);
  if (works.length === 0)
    return { endedPerSecond: null, activitiesPerSecond: null, activitiesFailed: null, commit: null, rowsPerCommit: null };
  return {
    endedPerSecond: sum((work) => work.ended),
    activitiesPerSecond: ran,
    activitiesFailed: ran === 0 ? 0 : sum((work) => work.failed) / ran,
    commit: commits.length === 0 ? null : { p50: mean(({ p50 }) => p50), p99: Math.max(...commits.map(({ p99 }) => p99)) },
    rowsPerCommit: commits.length === 0 ? null : mean(({ rows }) => rows),
  };
}
