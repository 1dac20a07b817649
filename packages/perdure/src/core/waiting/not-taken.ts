import { namesIn, parseNames } from "../../model/executor.ts";
import type { FunctionKind } from "../../model/function-kind.ts";
import { versionText } from "../../model/versions.ts";
import type { Deaths, WorkerFacts } from "./facts.ts";
import { hasName, versionsTakenInstead } from "./versions-taken.ts";

/** What any worker may take, and which work it is. */
export interface Untaken {
  readonly kind: FunctionKind;
  readonly name: string;
  readonly version: string | null;
  readonly deaths: Deaths;
}

/** No live worker has the function in that version; null: one has. */
export function unserved(workers: readonly WorkerFacts[], { kind, name, version }: Untaken): string | null {
  const live = workers.filter(({ isLive }) => isLive);
  if (live.length === 0) return "no worker is live";
  if (!live.some(({ functions }) => hasName(namesIn(functions)[kind], name))) return `no live worker has the ${kind} "${name}"`;
  const taken = versionsTakenInstead(live, kind, name, version);
  return taken === null ? null : `it has ${versionText(version)}, and live workers take ${taken}`;
}

/** Why no worker has taken it yet. */
export function notTaken(workers: readonly WorkerFacts[], work: Untaken): string {
  const { kind, name, deaths } = work;
  const none = unserved(workers, work);
  if (none !== null) return none;
  const ready = workers.filter(({ isLive, functions }) => isLive && hasName(parseNames(functions).here[kind], name));
  if (ready.length === 0) return "the workers that have it have no place for it now";
  if (deaths.isSuspect) return `its worker died ${deaths.count} times in a row, and what may end a worker takes its turn, few at a time`;
  if (ready.every((worker) => isFull(kind, worker)))
    return kind === "activity"
      ? "each worker that has it runs as many activities as it may"
      : "each worker that has it has as many instances in memory as it may";
  return "the workers that have it are busy";
}

function isFull(kind: FunctionKind, { load }: WorkerFacts): boolean {
  if (load === null) return false;
  return kind === "activity" ? load.activities >= load.maxActivities : load.owned >= load.maxOwned;
}
