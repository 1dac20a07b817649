import type { Failure } from "../../model/failure.ts";
import type { EventId } from "../../model/ids.ts";
import { retryDelayMs } from "../../model/retry-policy.ts";
import type { SdkRetryOptions, SdkRetryTask } from "./sdk-executor.ts";

/** A call with retries. The library counts its attempts and asks for a number for each pause and each attempt; how long a pause is it leaves to the host. */
export class RetriedCall {
  readonly task: SdkRetryTask;
  readonly firstId: EventId;
  /** The attempt that failed last. */
  failedId: EventId;
  pauseMs = 0;
  readonly #firstAt: number;

  constructor(task: SdkRetryTask, firstId: EventId, clock: number) {
    this.task = task;
    this.firstId = firstId;
    this.failedId = firstId;
    this.#firstAt = clock;
  }

  /** Before the library is told. Where no attempt follows it is told that this was the last one: it gives up only behind its own count. */
  failed(id: EventId, { isNonRetriable }: Failure, clock: number): void {
    const { task } = this;
    this.failedId = id;
    const question = { attempt: task.attemptNumber, elapsedMs: clock - this.#firstAt, isNonRetriable: isNonRetriable === true, random: 0 };
    const pause = retryDelayMs(policyOf(task.retryOptions), question);
    this.pauseMs = pause ?? 0;
    if (pause === null) task.attemptNumber = Math.max(task.attemptNumber, task.retryOptions.maxNumberOfAttempts);
  }

  /** Behind the last failure the library waits for one more pause before it gives up: that one takes no time. */
  get isOver(): boolean {
    return this.task.attemptNumber > this.task.retryOptions.maxNumberOfAttempts;
  }
}

const policyOf = (options: SdkRetryOptions) => ({
  maxAttempts: options.maxNumberOfAttempts,
  firstIntervalMs: options.firstRetryIntervalInMilliseconds,
  backoff: options.backoffCoefficient ?? 1,
  maxIntervalMs: options.maxRetryIntervalInMilliseconds ?? Number.POSITIVE_INFINITY,
  timeoutMs: options.retryTimeoutInMilliseconds ?? Number.POSITIVE_INFINITY,
  jitter: 0,
});
