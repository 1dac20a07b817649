/** When a failed call is tried again. All times in ms. */
export interface RetryPolicy {
  /** Attempts in all, the first included; at least 1. */
  readonly maxAttempts: number;
  readonly firstIntervalMs: number;
  /** Factor from one pause to the next, at least 1. */
  readonly backoff: number;
  readonly maxIntervalMs: number;
  /** No new attempt begins later than this after the first was scheduled. */
  readonly timeoutMs: number;
  /** 0 … 1: each pause is shortened by up to this share, the same on every replay. */
  readonly jitter: number;
}

export interface RetryQuestion {
  /** The attempt that failed: 1 for the first. */
  readonly attempt: number;
  /** Since the first attempt was scheduled, ms. */
  readonly elapsedMs: number;
  readonly isNonRetriable: boolean;
  /** 0 … 1, deterministic; used when the policy has jitter. */
  readonly random: number;
}

/**
 * The pause before the next attempt in ms, or null when there is none. The filter (`handle`) is asked by the executor, before this.
 * min(first × backoff^k, max), k = 0 after the first failure; no zero-delay timer after the last failure (a quirk of DTFx that we leave out).
 */
export function retryDelayMs(policy: RetryPolicy, question: RetryQuestion): number | null {
  if (question.isNonRetriable) return null;
  if (question.attempt >= policy.maxAttempts) return null;
  if (question.elapsedMs >= policy.timeoutMs) return null;
  const pause = Math.min(policy.firstIntervalMs * policy.backoff ** (question.attempt - 1), policy.maxIntervalMs);
  return Math.round(pause * (1 - policy.jitter * question.random));
}
