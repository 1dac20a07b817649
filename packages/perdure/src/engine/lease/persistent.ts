import { faultFrom, PerdureError } from "../../errors/perdure-error.ts";
import type { Clock, Scheduler } from "../../process/clock.ts";
import { refusalOf, refusalText } from "../../store/errors.ts";

/** Makes a call of the store, again where that may help. */
export type Step = <T>(call: () => Promise<T>) => Promise<T>;

export const once: Step = (call) => call();

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export interface Persistence {
  readonly scheduler: Scheduler;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** For all calls together. */
  readonly forMs: number;
  /** Nobody wants it any more. */
  readonly isOver: () => boolean;
}

/** Calls that may be repeated, while the store is away. In the end STORE_UNAVAILABLE, or what the store says in words of its own. */
export function persistent({ scheduler, clock, forMs, isOver }: Persistence): Step {
  const until = clock.monotonicMs() + forMs;
  return async (call) => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await call();
      } catch (error) {
        if (error instanceof PerdureError) throw error;
        const { kind } = refusalOf(error);
        const mayHelp = (kind === "busy" || kind === "unknown") && clock.monotonicMs() + pauseMs < until;
        if (isOver() || !mayHelp) throw faultFrom(error, "STORE_UNAVAILABLE", refusalText(error));
      }
      await new Promise<void>((resolve) => scheduler.after(pauseMs, resolve));
    }
  };
}
