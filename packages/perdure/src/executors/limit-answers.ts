import type { Executor, Lost } from "../model/executor.ts";
import type { Scheduler } from "../process/clock.ts";
import { wrapExecutor } from "./wrap-executor.ts";

export interface AnswerLimits {
  /** An episode without an answer for this long is lost. */
  readonly episodeMs: number;
  /** So is an activity so long after its own timeout; one without a timeout may take as long as it likes. */
  readonly activityGraceMs: number;
  /** So is a batch of operations on an entity. Longer than the timeout of each of its operations. */
  readonly entityBatchMs: number;
}

/**
 * Answers `lost` for calls that an executor elsewhere does not answer in time. It is on the engine's side, with the engine's scheduler: a place that hangs
 * cannot be asked to notice that. What runs on this thread needs none.
 */
export function limitAnswers(inner: Executor, limits: AnswerLimits, scheduler: Scheduler): Executor {
  const { episodeMs, activityGraceMs, entityBatchMs } = limits;
  /** An answer that comes later is ignored. */
  const within = <Result>(ms: number, answer: Promise<Result>, giveUp: () => void): Promise<Result | Lost> =>
    new Promise((resolve, reject) => {
      const cancel = scheduler.after(ms, () => {
        giveUp();
        resolve({ kind: "lost", atFault: null, reason: `There was no answer within ${ms} ms` });
      });
      answer.finally(cancel).then(resolve, reject);
    });
  return wrapExecutor(inner, {
    runEpisode: (request) =>
      within(episodeMs, inner.runEpisode(request), () => inner.abortEpisode({ no: request.no, attempt: request.attempt }, "timeout")),
    runEntityBatch: (request) => within(entityBatchMs, inner.runEntityBatch(request), () => {}),
    runActivity: (request) =>
      request.timeoutMs === null
        ? inner.runActivity(request)
        : within(request.timeoutMs + activityGraceMs, inner.runActivity(request), () => inner.abortActivity(request, "timeout")),
  });
}
