import type { ActivityRequest, ActivityResult, EpisodeRequest, EpisodeResult, Executor, Lost } from "../model/executor.ts";
import { NO_PLACE } from "../model/no-place.ts";
import { errorText } from "../telemetry/value-text.ts";

/** What a call that rejects counts as (the port says so), and one that throws before it gives a promise. */
export const lostBy = (error: unknown): Lost => ({ kind: "lost", atFault: null, reason: errorText(error) });

export function askForEpisode(executor: Executor, request: EpisodeRequest): Promise<EpisodeResult> {
  if (!executor.offer.orchestrator.ready) return Promise.resolve(NO_PLACE);
  try {
    return executor.runEpisode(request);
  } catch (error) {
    return Promise.resolve(lostBy(error));
  }
}

export function askForActivity(executor: Executor, request: ActivityRequest): Promise<ActivityResult> {
  if (!executor.offer.activity.ready) return Promise.resolve(NO_PLACE);
  try {
    return executor.runActivity(request);
  } catch (error) {
    return Promise.resolve(lostBy(error));
  }
}
