import { wrapExecutor } from "../../executors/wrap-executor.ts";
import type { EntityBatchRequest } from "../../model/entity-batch.ts";
import type { EntityBatchResult, EpisodeRequest, EpisodeResult, Executor } from "../../model/executor.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Metrics } from "../../telemetry/metrics/metrics.ts";

/**
 * The same executor; how long code of orchestrators and entities runs in it is counted. One promise more for each call, and no async function: that would be three.
 * Activities are told of by the engine.
 */
export function measuredExecutor(executor: Executor, metrics: Metrics, now: () => number): Executor {
  const replays = new Replays();
  return wrapExecutor(executor, {
    runEpisode: (request) => {
      const began = now();
      return executor.runEpisode(request).then((result) => {
        if (result.kind === "ran") metrics.observe("perdure_episode_seconds", [request.name], (now() - began) / 1_000);
        const reason = replays.reasonOf(request, result);
        if (reason !== null) metrics.add("perdure_replays_total", [request.name, reason]);
        return result;
      });
    },
    runEntityBatch: (request) => {
      const began = now();
      return executor.runEntityBatch(request).then((result) => {
        countOperations(metrics, request, result, now() - began);
        return result;
      });
    },
  });
}

function countOperations(metrics: Metrics, { name }: EntityBatchRequest, result: EntityBatchResult, ms: number): void {
  if (result.kind !== "ran") return;
  metrics.observe("perdure_entity_batch_seconds", [name], ms / 1_000);
  const failed = result.results.filter(({ kind }) => kind === "failed").length;
  const completed = result.results.length - failed;
  if (completed > 0) metrics.add("perdure_entity_operations_total", [name, "completed"], completed);
  if (failed > 0) metrics.add("perdure_entity_operations_total", [name, "failed"], failed);
}

/** Why episodes begin with a replay: their cursor was gone, or they came with their instance from the store. */
class Replays {
  readonly #evicted = new Set<InstanceNo>();

  /** Null: there was no replay, or the request comes again with the history. */
  reasonOf({ no, history, episode }: EpisodeRequest, result: EpisodeResult): "evicted" | "loaded" | null {
    if (result.kind === "historyNeeded") this.#evicted.add(no);
    if (result.kind !== "ran" || episode === 0 || history === null) return null;
    return this.#evicted.delete(no) ? "evicted" : "loaded";
  }
}
