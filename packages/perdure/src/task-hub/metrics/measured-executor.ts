import { wrapExecutor } from "../../executors/wrap-executor.ts";
import type { ActivityResult, EpisodeRequest, EpisodeResult, Executor } from "../../model/executor.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Metrics } from "../../telemetry/metrics/metrics.ts";

type Outcome = "completed" | "failed" | "timeout" | "aborted";

export interface MeasuredExecutor {
  readonly executor: Executor;
  /** Runs of each activity now; kept apart, since it is asked for only when the numbers are. */
  readonly running: ReadonlyMap<string, number>;
}

/**
 * The same executor; how long code runs in it is counted. One promise more for each call, and no async function: that would be three, and a twentieth of what an
 * activity costs.
 */
export function measuredExecutor(executor: Executor, metrics: Metrics, now: () => number): MeasuredExecutor {
  const replays = new Replays();
  const running = new Map<string, number>();
  const runs = (name: string, more: 1 | -1) => running.set(name, (running.get(name) ?? 0) + more);
  const measured = wrapExecutor(executor, {
    runEpisode: (request) => {
      const began = now();
      return executor.runEpisode(request).then((result) => {
        if (result.kind === "ran") metrics.observe("perdure_episode_seconds", [request.name], (now() - began) / 1_000);
        const reason = replays.reasonOf(request, result);
        if (reason !== null) metrics.add("perdure_replays_total", [request.name, reason]);
        return result;
      });
    },
    runActivity: (request) => {
      const began = now();
      const { name } = request;
      runs(name, 1);
      return executor.runActivity(request).then(
        (result) => {
          runs(name, -1);
          const outcome = outcomeOf(result);
          if (outcome === null) return result;
          metrics.add("perdure_activities_total", [name, outcome]);
          metrics.observe("perdure_activity_run_seconds", [name], (now() - began) / 1_000);
          return result;
        },
        (error: unknown) => {
          runs(name, -1);
          throw error;
        },
      );
    },
  });
  return { executor: measured, running };
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
