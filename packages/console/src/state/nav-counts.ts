import { computed } from "@preact/signals";
import { shortCount, sumOf } from "../model/numbers.ts";
import type { ScreenName } from "../model/routes.ts";
import { counts } from "./hub.ts";

export interface NavCount {
  readonly text: string;
  readonly isBad: boolean;
}

const plain = (n: number): NavCount | null => (n === 0 ? null : { text: shortCount({ n, isExact: true }), isBad: false });

/** What stands beside the name of a screen; nothing where there is none. */
export const navCounts = computed<Partial<Record<ScreenName, NavCount | null>>>(() => {
  const all = counts.value;
  if (all === null) return {};
  const open = sumOf(Object.values(all.open));
  const failures = sumOf([all.ended.Failed, all.stopped]);
  return {
    instances: open.n === 0 ? null : { text: shortCount(open), isBad: false },
    entities: all.entities.n === 0 ? null : { text: shortCount(all.entities), isBad: false },
    failures: failures.n === 0 ? null : { text: shortCount(failures), isBad: true },
    workers: plain(all.workers),
    functions: plain(all.functions),
    schedules: plain(all.schedules),
  };
});
