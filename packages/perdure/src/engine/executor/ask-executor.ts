import { firstMisnumbered } from "../../core/action-numbers.ts";
import type { InstanceState } from "../../core/state.ts";
import { messageOf } from "../../errors/perdure-error.ts";
import type { EntityBatchRequest } from "../../model/entity-batch.ts";
import type {
  ActivityRequest,
  ActivityResult,
  EntityBatchResult,
  EpisodeRequest,
  EpisodeResult,
  Executor,
  Lost,
} from "../../model/executor.ts";
import { versionsOf } from "../../model/executor.ts";
import { functionKey } from "../../model/function-name.ts";
import { NO_PLACE } from "../../model/no-place.ts";
import { takesVersion } from "../../model/versions.ts";
import { errorText } from "../../telemetry/value-text.ts";

type Stopped = Extract<EpisodeResult, { readonly kind: "stopped" }>;

/** What a call that rejects counts as (the port says so), and one that throws before it gives a promise. */
export const lostBy = (error: unknown): Lost => ({ kind: "lost", atFault: null, reason: errorText(error) });

export function askForEpisode(executor: Executor, request: EpisodeRequest): Promise<EpisodeResult> {
  const offer = executor.offer.orchestrator;
  if (!offer.ready) return Promise.resolve(NO_PLACE);
  if (offer.versions !== undefined && !takesVersion(versionsOf(offer), functionKey(request.name), request.version))
    return Promise.resolve(NO_PLACE);
  try {
    return Promise.resolve(executor.runEpisode(request)); // a promise stays the same
  } catch (error) {
    return Promise.resolve(lostBy(error));
  }
}

export function askForActivity(executor: Executor, request: ActivityRequest): Promise<ActivityResult> {
  if (!executor.offer.activity.ready) return Promise.resolve(NO_PLACE);
  try {
    return Promise.resolve(executor.runActivity(request));
  } catch (error) {
    return Promise.resolve(lostBy(error));
  }
}

export function askForEntityBatch(executor: Executor, request: EntityBatchRequest): Promise<EntityBatchResult> {
  if (!executor.offer.entity.ready) return Promise.resolve(NO_PLACE);
  try {
    return Promise.resolve(executor.runEntityBatch(request));
  } catch (error) {
    return Promise.resolve(lostBy(error));
  }
}

/** What the executor did in an episode, unless it numbers actions so that nothing of it may be recorded. */
export function numbered<Result extends EpisodeResult>(state: InstanceState, result: Result): Result | Stopped {
  if (result.kind !== "ran" || result.actions.length === 0) return result;
  const found = firstMisnumbered(state.lastAction, result.actions);
  if (found === null) return result;
  const { action, after } = found;
  const code = "ACTIONS_MISNUMBERED";
  return { kind: "stopped", code, message: messageOf(code, state.name, state.instanceId, action, after) };
}
