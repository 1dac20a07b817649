import { wrapExecutor } from "../../executors/wrap-executor.ts";
import type { EpisodeRequest, Executor } from "../../model/executor.ts";
import type { FunctionKind } from "../../model/function-kind.ts";
import { byKind, KINDS } from "../../model/function-kind.ts";
import { functionKey } from "../../model/function-name.ts";

export type OnProblem = (problem: string) => void;

/** No call comes while there is no place, and none of a version that is not offered. */
export function watchTaken(inner: Executor, whose: string, onProblem: OnProblem): Executor {
  const look = (kind: FunctionKind, name: string, version: string | null): void => {
    const { ready, versions = {} } = inner.offer[kind];
    if (!ready) onProblem(`offer: ${kind} "${name}" came while ${whose} had no place`);
    const taken = Object.entries(versions).find(([listed]) => functionKey(listed) === functionKey(name))?.[1];
    if (taken?.includes(version) === false) onProblem(`offer: ${kind} "${name}" of version ${version} came to ${whose}`);
  };
  return wrapExecutor(inner, {
    runEpisode: (request) => {
      look("orchestrator", request.name, request.version);
      return inner.runEpisode(request);
    },
    runActivity: (request) => {
      look("activity", request.name, null);
      return inner.runActivity(request);
    },
  });
}

/** No more calls run at once than there ever were places: what was let in before places went may still come. */
export function watchCapacity(inner: Executor, onProblem: OnProblem): Executor {
  const running = byKind(() => new Set<object>());
  const most = byKind((kind) => ({ places: inner.offer[kind].capacity ?? Number.POSITIVE_INFINITY }));
  inner.onOffer(() => {
    for (const kind of KINDS) most[kind].places = Math.max(most[kind].places, inner.offer[kind].capacity ?? Number.POSITIVE_INFINITY);
  });
  const during = async <Result>(kind: FunctionKind, call: object, name: string, run: () => Promise<Result>): Promise<Result> => {
    const { size } = running[kind];
    if (size >= most[kind].places) onProblem(`offer: ${kind} "${name}" came while ${size} ran in ${most[kind].places} places`);
    running[kind].add(call);
    try {
      return await run();
    } finally {
      running[kind].delete(call);
    }
  };
  /** The latest of each instance: one that is aborted is no longer waited for, so its place is free. */
  const latest = new Map<number, EpisodeRequest>();
  return wrapExecutor(inner, {
    runEpisode: (request) => {
      latest.set(request.no, request);
      return during("orchestrator", request, request.name, () => inner.runEpisode(request));
    },
    /** Each has its place until it has answered, whatever was said to it and whatever its worker has lost since. */
    runActivity: (request) => during("activity", request, request.name, () => inner.runActivity(request)),
    abortEpisode: (episode, reason) => {
      const last = latest.get(episode.no);
      if (last?.attempt === episode.attempt) running.orchestrator.delete(last);
      inner.abortEpisode(episode, reason);
    },
  });
}
