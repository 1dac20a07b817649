import { ANY_NAME, namesIn } from "../model/executor.ts";
import { byKind } from "../model/function-kind.ts";
import type { Store } from "../store/contract.ts";
import type { WorkerRow } from "../store/rows.ts";

import type { HubClient } from "./types.ts";
import { isLiveAt } from "./waiting-for.ts";

export interface KnownFunctions {
  /** How many are live. */
  readonly workers: number;
  /** What they have; null when none is live. */
  readonly functions: Awaited<ReturnType<HubClient["knownFunctions"]>>;
}

export type FoundWorkers = Awaited<ReturnType<Store["readWorkers"]>>;

export const liveWorkers = ({ now, workers }: FoundWorkers): readonly WorkerRow[] => workers.filter((worker) => isLiveAt(worker, now));

export function functionsOf(live: readonly WorkerRow[]): KnownFunctions {
  if (live.length === 0) return { workers: 0, functions: null };
  const functions = byKind((kind) => {
    const names = new Set(live.flatMap((worker) => namesIn(worker.functions)[kind]));
    return names.has(ANY_NAME) ? null : [...names].sort();
  });
  return { workers: live.length, functions };
}
