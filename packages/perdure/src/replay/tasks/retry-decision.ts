import type { Failure } from "../../model/failure.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { EventId } from "../../model/ids.ts";
import { retryDelayMs } from "../../model/retry-policy.ts";
import type { CallRetry } from "../functions/call-retry.ts";
import { seededRandom } from "../values/random.ts";
import { disown, isThenable } from "../values/thenable.ts";
import type { EpisodePort } from "./episode-port.ts";

/** One attempt's standing, as the retry rules ask for it. */
export interface AttemptState {
  readonly retry: CallRetry;
  readonly firstAt: number;
  readonly attempt: number;
}

/**
 * The pause before the next attempt, or null for none. In replay the history has the decision: a retry timer of that attempt, or its absence;
 * `handle` is asked once in the life of a failure.
 */
export function retryPause(port: EpisodePort, attemptId: EventId, failure: Failure, state: AttemptState): number | null {
  const { policy, handle } = state.retry;
  const pause = retryDelayMs(policy, {
    attempt: state.attempt,
    elapsedMs: port.clock - state.firstAt,
    isNonRetriable: failure.isNonRetriable === true,
    random: policy.jitter === 0 ? 0 : seededRandom(`${port.values.seed}/${attemptId}`)(),
  });
  if (port.replaying) return port.wasRetried(attemptId) ? (pause ?? policy.firstIntervalMs) : null;
  // Room for the timer and the attempt: here no caller could be told that the budget is spent.
  if (pause === null || !port.hasBudget(2)) return null;
  return handle === null || agrees(port, handle, failure) ? pause : null;
}

function agrees(port: EpisodePort, handle: (failure: Failure) => boolean, failure: Failure): boolean {
  try {
    const returned: unknown = handle(failure);
    if (typeof returned === "boolean") return returned;
    if (isThenable(returned)) disown(returned);
    const answer = isThenable(returned) ? "a promise" : typeof returned;
    port.warn("retry.handle", `A retry policy's handle answered ${answer} instead of true or false: no retry.`, {});
  } catch (error) {
    port.warn("retry.handle", "A retry policy's handle threw: no retry.", { error });
  }
  return false;
}

/** Attempts that the history shows to have been retried; null for none. */
export function retriedAttempts(history: readonly HistoryEvent[]): ReadonlySet<EventId> | null {
  let retried: Set<EventId> | null = null;
  for (const event of history) {
    if (event.kind !== "TimerCreated" || event.retryOf === undefined) continue;
    retried ??= new Set();
    retried.add(event.retryOf);
  }
  return retried;
}
