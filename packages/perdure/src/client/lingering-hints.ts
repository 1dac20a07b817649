import type { Scheduler } from "../process/clock.ts";
import type { EndedInstances } from "../store/contract.ts";

type Listen = (listener: (ended: EndedInstances) => void) => () => void;

/**
 * Listening may cost a connection and a test of it (PostgreSQL): it goes on for this long after the last wait, so that one wait after the other
 * shares it.
 */
const LINGER_MS = 30_000;

/** As `listen`, for one listener at a time, which is not taken off at once when it stops. */
export function lingeringHints(listen: Listen, scheduler: Scheduler): Listen {
  let current: ((ended: EndedInstances) => void) | null = null;
  let stopListening: (() => void) | null = null;
  let cancelStop: (() => void) | null = null;
  return (listener) => {
    current = listener;
    cancelStop?.();
    cancelStop = null;
    stopListening ??= listen((ended) => current?.(ended));
    return () => {
      if (current !== listener) return;
      current = null;
      cancelStop = scheduler.after(LINGER_MS, () => {
        stopListening?.();
        stopListening = null;
        cancelStop = null;
      });
    };
  };
}
