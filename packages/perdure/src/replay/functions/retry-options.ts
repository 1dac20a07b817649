import { fault } from "../../errors/perdure-error.ts";
import type { Duration } from "../../model/duration.ts";
import type { Failure } from "../../model/failure.ts";
import type { Options } from "../../model/options.ts";
import { durationOption, parseOptions } from "../../model/options.ts";
import type { CallRetry } from "./call-retry.ts";

/** When a failed call is tried again. The pauses are durable timers and part of the history. */
export type RetryOptions = FurtherRetryOptions &
  (
    | {
        /** Attempts in all, the first included; a whole number, at least 1. */
        readonly maxAttempts: number;
        /** Pause before the second attempt; with "0s" every further attempt begins at once. */
        readonly firstInterval: Duration;
      }
    | {
        /** A failure is final. */
        readonly maxAttempts: 1;
        /** Without effect. */
        readonly firstInterval?: Duration;
      }
  );

export interface FurtherRetryOptions {
  /** Factor from one pause to the next, at least 1. Default 1. */
  readonly backoff?: number;
  /** No pause is longer. Default 1 hour (or the first interval, when that is longer). */
  readonly maxInterval?: Duration;
  /** No attempt begins later than this after the first one was scheduled. Default: no limit. */
  readonly timeout?: Duration;
  /** 0 … 1: each pause is shortened by up to this share, deterministically. Default 0. */
  readonly jitter?: number;
  /** Asked once for each failure; false (or an exception) ends the attempts. */
  readonly handle?: (failure: Failure) => boolean;
}

export const RETRY_OPTIONS: readonly string[] = ["maxAttempts", "firstInterval", "backoff", "maxInterval", "timeout", "jitter", "handle"];
const HOUR_MS = 3_600_000;

/** Checks every option; `where` names the owner in the error. */
export function parseRetry(options: unknown, where: string): CallRetry {
  const at = `${where}, retry`;
  if (typeof options !== "object" || options === null) throw fault("OPTION_INVALID", where, "retry", options, "an object");
  const given = parseOptions(options, RETRY_OPTIONS, at) as Partial<RetryOptions>;
  if (!Number.isInteger(given.maxAttempts) || !atLeast(given.maxAttempts, 1))
    throw fault("OPTION_INVALID", at, "maxAttempts", given.maxAttempts, "a whole number, at least 1");
  const isOnce = given.maxAttempts === 1 && given.firstInterval === undefined;
  const firstIntervalMs = isOnce ? 0 : durationOption(given.firstInterval, at, "firstInterval");
  const backoff = given.backoff ?? 1;
  if (!atLeast(backoff, 1)) throw fault("OPTION_INVALID", at, "backoff", backoff, "a number, at least 1");
  const maxIntervalMs =
    given.maxInterval === undefined ? Math.max(HOUR_MS, firstIntervalMs) : durationOption(given.maxInterval, at, "maxInterval");
  if (maxIntervalMs < firstIntervalMs) throw fault("OPTION_INVALID", at, "maxInterval", given.maxInterval, "at least firstInterval");
  const timeoutMs = given.timeout === undefined ? Number.POSITIVE_INFINITY : durationOption(given.timeout, at, "timeout");
  if (timeoutMs < firstIntervalMs) throw fault("OPTION_INVALID", at, "timeout", given.timeout, "at least firstInterval");
  const jitter = given.jitter ?? 0;
  if (!atLeast(jitter, 0) || jitter > 1) throw fault("OPTION_INVALID", at, "jitter", jitter, "a number from 0 to 1");
  if (given.handle !== undefined && typeof given.handle !== "function")
    throw fault("OPTION_INVALID", at, "handle", given.handle, "a function");
  return {
    policy: { maxAttempts: given.maxAttempts, firstIntervalMs, backoff, maxIntervalMs, timeoutMs, jitter },
    handle: given.handle ?? null,
  };
}

/** Undefined when the call says nothing of retries. */
export const retryOption = (options: Options, where: string): CallRetry | undefined =>
  options.retry === undefined ? undefined : parseRetry(options.retry, where);

const atLeast = (value: unknown, least: number): value is number => typeof value === "number" && Number.isFinite(value) && value >= least;
