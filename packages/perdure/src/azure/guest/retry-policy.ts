import { isRecord } from "../../model/options.ts";
import type { FunctionRole } from "./triggers-of.ts";

/** The retry policy of a function, as its host keeps it: in memory, from one attempt of a run to the next. */
export interface FunctionRetry {
  /** Attempts beyond the first; -1: for ever. */
  readonly maxRetryCount: number;
  /** `retry`: 1 for the first. */
  pauseMs(retry: number): number;
}

/** Of functions without one, null; a text says why it cannot be kept. As Azure checks it at its start. */
export function functionRetry(options: unknown): FunctionRetry | string | null {
  if (!isRecord(options)) return null;
  const { maxRetryCount, retryStrategy, strategy = retryStrategy } = options;
  if (typeof maxRetryCount !== "number" || !Number.isInteger(maxRetryCount) || maxRetryCount < -1)
    return `its maxRetryCount is ${JSON.stringify(maxRetryCount)}; expected a whole number from 0, or -1 for ever`;
  if (strategy === "fixedDelay") {
    const delayMs = durationOf(options.delayInterval);
    return delayMs === null ? "its strategy is fixedDelay, and it has no delayInterval" : { maxRetryCount, pauseMs: () => delayMs };
  }
  if (strategy !== "exponentialBackoff")
    return `its strategy is ${JSON.stringify(strategy)}; expected "fixedDelay" or "exponentialBackoff"`;
  const [least, most] = [durationOf(options.minimumInterval), durationOf(options.maximumInterval)];
  if (least === null || most === null) return "its strategy is exponentialBackoff, and it has no minimumInterval or no maximumInterval";
  if (least > most) return "its minimumInterval is above its maximumInterval";
  return { maxRetryCount, pauseMs: (retry) => backoffMs(retry, least, most) };
}

const RANDOM_SHARE = 0.2;

/** As Azure does it: the least pause at first, then that and a doubling one on top of it, give or take a fifth. */
function backoffMs(retry: number, leastMs: number, mostMs: number): number {
  if (retry <= 1) return leastMs;
  const share = 1 - RANDOM_SHARE + 2 * RANDOM_SHARE * Math.random();
  return Math.min(mostMs, Math.round(leastMs + share * 2 ** (retry - 2) * leastMs));
}

/** As the library hands it over: whole seconds. */
function durationOf(value: unknown): number | null {
  if (!isRecord(value)) return null;
  const seconds = Number(value.seconds ?? 0);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

const AGAIN = "has no effect: what failed comes again as extensions in host.json and the service itself say";

/** Why a retry policy of a function of this kind is not kept; null: it is. Azure's documentation has it for timers alone, of those that are here. */
export function retryIgnored(role: FunctionRole): string | null {
  switch (role) {
    case "timer":
      return null;
    case "queue":
    case "blob":
    case "serviceBus":
      return AGAIN;
    case "activity":
      return "has no effect: the orchestrator that calls it says how it is retried";
    case "orchestrator":
    case "entity":
    case "http":
    case "warmup":
      return "has no effect: such functions have none on Azure either";
  }
}
