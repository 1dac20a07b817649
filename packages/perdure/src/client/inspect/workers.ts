import { hasName } from "../../core/waiting/versions-taken.ts";
import { isBuiltIn } from "../../errors/built-in-names.ts";
import { ANY_NAME, namesIn, parseNames } from "../../model/executor.ts";
import type { FunctionNames } from "../../model/function-kind.ts";
import { KINDS } from "../../model/function-kind.ts";
import { functionKey } from "../../model/function-name.ts";
import { rangeText } from "../../model/versions.ts";
import type { Store } from "../../store/contract.ts";
import type { WorkerRow } from "../../store/rows.ts";
import type { FoundWorkers } from "../known-functions.ts";
import { liveWorkers } from "../known-functions.ts";
import { isLiveAt } from "../waiting-for.ts";
import type { InspectedFunction, InspectedWorker } from "./fleet-types.ts";

export const workerList = ({ now, workers }: FoundWorkers): readonly InspectedWorker[] => workers.map((row) => workerOf(row, now));

function workerOf(row: WorkerRow, now: number): InspectedWorker {
  const { worker, host, load, leaseUntil, diedAt, functions } = row;
  const lease = load?.work?.lease ?? null;
  const [, name = host, pid] = /^(.*):(\d+)$/.exec(host) ?? [];
  return {
    worker,
    host: name,
    pid: pid === undefined ? null : Number(pid),
    state: isLiveAt(row, now) ? (load?.work?.isDraining === true ? "draining" : "live") : "dead",
    leaseUntil,
    renewedAt: lease === null ? null : leaseUntil - lease.ms,
    lease,
    joinedAt: load?.work?.joinedAt ?? null,
    build: load?.work?.build ?? null,
    diedAt: diedAt ?? (isLiveAt(row, now) ? null : Math.min(now, leaseUntil)),
    instances: load === null ? null : { n: load.owned, of: load.maxOwned },
    activities: load === null ? null : { n: load.activities, of: load.maxActivities },
    functions: ownNames(functions).length,
    endedPerSecond: load?.work?.ended ?? null,
  };
}

/** Of live workers: how many of an activity run at once in all that have it; null: in one of them there may be as many as it runs of all. */
export function limitOf(live: readonly Pick<WorkerRow, "functions" | "load">[], activity: string): number | null {
  const key = functionKey(activity);
  const having = live.filter(({ functions }) => hasName(namesIn(functions).activity, activity));
  const limits = having.map(({ load }) => Object.entries(load?.work?.limits ?? {}).find(([name]) => functionKey(name) === key)?.[1]);
  return limits.reduce<number | null>(
    (sum, limit) => (sum === null || limit === undefined ? null : sum + limit),
    having.length === 0 ? null : 0,
  );
}

const ownNames = (functions: FunctionNames) =>
  KINDS.flatMap((kind) =>
    namesIn(functions)
      [kind].filter((name) => !isBuiltIn(name))
      .map((name) => ({ kind, name })),
  );

/** What live workers offer, by kind and name: `*` is every name. */
export async function readFunctionList(store: Pick<Store, "readWorkers">): Promise<readonly InspectedFunction[]> {
  const live = liveWorkers(await store.readWorkers());
  const found = new Map<string, InspectedFunction>();
  for (const { worker, functions } of live) {
    const { versions } = parseNames(functions);
    for (const { kind, name } of ownNames(functions)) {
      const key = `${kind} ${functionKey(name)}`;
      const ranges = versions[kind].get(functionKey(name))?.map(rangeText).join(", ") ?? null;
      const before = found.get(key) ?? {
        ...{ name, kind, workers: [], versions: ranges },
        limit: kind === "activity" ? limitOf(live, name) : null,
      };
      const both =
        before.versions === null || ranges === null
          ? null
          : [...new Set([...before.versions.split(", "), ...ranges.split(", ")])].join(", ");
      found.set(key, { ...before, workers: [...before.workers, worker], versions: both });
    }
  }
  const order = (name: string) => (name === ANY_NAME ? 1 : 0);
  return [...found.values()].sort((a, b) => order(a.name) - order(b.name) || (a.name < b.name ? -1 : 1));
}
