import type { Store } from "../../store/contract.ts";
import type { WorkerWork } from "../../store/rows.ts";
import { liveWorkers } from "../known-functions.ts";
import type { InspectedRates } from "./fleet-types.ts";
import { sumOf } from "./queue.ts";

const CAP = 10_000;

export async function readRates(store: Pick<Store, "readWorkers" | "readBacklog">): Promise<InspectedRates> {
  const [found, { instances }] = await Promise.all([store.readWorkers(), store.readBacklog({ cap: CAP })]);
  const works = liveWorkers(found).flatMap(({ load }) => load?.work ?? []);
  const unclaimed = sumOf(instances.map(({ waiting }) => ({ n: waiting.count, isExact: waiting.exact })));
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
