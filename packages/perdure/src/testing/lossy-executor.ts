import { wrapExecutor } from "../executors/wrap-executor.ts";
import type { EntityBatchRequest } from "../model/entity-batch.ts";
import type {
  ActivityRequest,
  ActivityResult,
  EntityBatchResult,
  EpisodeRequest,
  EpisodeResult,
  Executor,
  NotRun,
} from "../model/executor.ts";

/** What becomes of one call. */
export type Fate =
  | { readonly kind: "pass" }
  /** It never reaches the function. */
  | { readonly kind: "dropped"; readonly answer: NotRun }
  /** The function runs, and its answer is lost on the way. */
  | { readonly kind: "answerLost"; readonly answer: NotRun }
  /** The same, and the function is still running when it is taken for lost: its answer comes after this. */
  | { readonly kind: "late"; readonly answer: NotRun; readonly afterMs: number }
  /** The function runs, and no answer ever comes: for callers that have a time-out. */
  | { readonly kind: "silent" }
  /** The function runs twice, and the first answer counts. */
  | { readonly kind: "twice" }
  /** The executor breaks. */
  | { readonly kind: "rejects"; readonly error: Error };

export const PASS: Fate = { kind: "pass" };

export interface Lossy {
  readonly episode: (request: EpisodeRequest) => Fate;
  readonly activity: (request: ActivityRequest) => Fate;
  readonly entityBatch: (request: EntityBatchRequest) => Fate;
  readonly after: (ms: number, task: () => void) => void;
}

/**
 * Puts a place that fails between the engine and an executor: calls and answers are lost, doubled, late or declined. What comes late is ignored,
 * as after an abort: the port promises that the engine does not take it for the answer to a later call.
 */
export function createLossyExecutor(inner: Executor, lossy: Lossy): Executor {
  const meet = <Request, Result>(
    fate: Fate,
    request: Request,
    run: (request: Request) => Promise<Result>,
    gone: () => void,
  ): Promise<Result | NotRun> => {
    const answered = async (answer: NotRun): Promise<NotRun> => {
      gone();
      return answer;
    };
    switch (fate.kind) {
      case "pass":
        return run(request);
      case "dropped":
        return answered(fate.answer);
      case "answerLost":
        return run(request).then(
          () => answered(fate.answer),
          () => answered(fate.answer),
        );
      case "late":
        return new Promise((resolve) => {
          run(request).catch(() => {});
          lossy.after(fate.afterMs, () => void answered(fate.answer).then(resolve));
        });
      case "silent":
        run(request).catch(() => {});
        return new Promise(() => {});
      case "twice": {
        const first = run(request);
        run(request).catch(() => {});
        return first;
      }
      case "rejects":
        gone();
        return Promise.reject(fate.error);
    }
  };
  return wrapExecutor(inner, {
    runEpisode: (request): Promise<EpisodeResult> =>
      meet<EpisodeRequest, EpisodeResult>(
        lossy.episode(request),
        request,
        (one) => inner.runEpisode(one),
        () => inner.forget(request.no),
      ),
    runEntityBatch: (request): Promise<EntityBatchResult> =>
      meet<EntityBatchRequest, EntityBatchResult>(
        lossy.entityBatch(request),
        request,
        (one) => inner.runEntityBatch(one),
        () => {},
      ),
    runActivity: (request): Promise<ActivityResult> =>
      meet<ActivityRequest, ActivityResult>(
        lossy.activity(request),
        request,
        (one) => inner.runActivity(one),
        () => {},
      ),
  });
}
