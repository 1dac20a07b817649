import { wrapExecutor } from "../../executors/wrap-executor.ts";
import type { ActivityResult, EpisodeRequest, EpisodeResult, Executor } from "../../model/executor.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Metrics } from "../../telemetry/metrics/metrics.ts";

type Outcome = "completed" | "failed" | "timeout" | "aborted";

/** The same executor; how long code runs in it is counted. */
export function measuredExecutor(executor: Executor, metrics: Metrics, now: () => number): Executor {
  const replays = new Replays();
  const running = new Map<string, number>();
  const runs = (name: string, more: 1 | -1) => {
    const count = (running.get(name) ?? 0) + more;
    running.set(name, count);
    metrics.set("perdure_activities_running", [name], count);
  };
  return wrapExecutor(executor, {
    runEpisode: async (request) => {
      const began = now();
      const result = await executor.runEpisode(request);
      if (result.kind === "ran") metrics.observe("perdure_episode_seconds", [request.name], (now() - began) / 1_000);
      const reason = replays.reasonOf(request, result);
      if (reason !== null) metrics.add("perdure_replays_total", [request.name, reason]);
      return result;
    },
    runActivity: async (request) => {
      const began = now();
      runs(request.name, 1);
      try {
        const result = await executor.runActivity(request);
        const outcome = outcomeOf(result);
        if (outcome !== null) {
          metrics.add("perdure_activities_total", [request.name, outcome]);
          metrics.observe("perdure_activity_run_seconds", [request.name], (now() - began) / 1_000);
        }
        return result;
      } finally {
        runs(request.name, -1);
      }
    },
  });
}

/** Null: it has not run, and comes again. */
function outcomeOf(result: ActivityResult): Outcome | null {
  if (result.kind === "completed" || result.kind === "aborted") return result.kind;
  if (result.kind === "failed") return result.failure.errorType === "TimeoutError" ? "timeout" : "failed";
  return null;
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
