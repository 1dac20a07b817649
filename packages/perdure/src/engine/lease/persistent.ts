import { faultFrom, PerdureError } from "../../errors/perdure-error.ts";
import type { Clock, Scheduler } from "../../process/clock.ts";
import { patiently } from "../../process/patiently.ts";
import type { StoreRefusal } from "../../store/errors.ts";
import { refusalOf, refusalText } from "../../store/errors.ts";
import { saidByStore } from "../../store/said-by-store.ts";

/** Makes a call of the store, again where that may help. */
export type Step = <T>(call: () => Promise<T>) => Promise<T>;

export const once: Step = (call) => call();

const LONGEST_PAUSE_MS = 2_000;
const PASSING: readonly StoreRefusal["kind"][] = ["busy", "unknown"];

export interface Persistence {
  readonly scheduler: Scheduler;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** For all calls together. */
  readonly forMs: number;
  /** The caller has given up. */
  readonly isOver: () => boolean;
}

/** Calls that may be repeated, while the store is away. In the end STORE_UNAVAILABLE, or what the store says in words of its own. */
export function persistent({ scheduler, clock, forMs, isOver }: Persistence): Step {
  const until = clock.monotonicMs() + forMs;
  const isPassing = (error: unknown) =>
    !isOver() && !(error instanceof PerdureError) && PASSING.includes(refusalOf(saidByStore(error)).kind);
  return async (call) => {
    const timeoutMs = until - clock.monotonicMs();
    try {
      return await patiently(call, { timeoutMs, isPassing, longestPauseMs: LONGEST_PAUSE_MS, scheduler, clock });
    } catch (error) {
      throw error instanceof PerdureError ? error : faultFrom(error, "STORE_UNAVAILABLE", refusalText(saidByStore(error)));
    }
  };
}
