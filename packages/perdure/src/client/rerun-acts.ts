import { PerdureError } from "../errors/perdure-error.ts";
import type { EditPlan, ForkStep, RestartStep } from "../functions/rerun-types.ts";
import type { InstanceId } from "../model/ids.ts";
import type { Act, ForkOutcome, RerunClient, RestartParams, RewindParams } from "./types.ts";

/** Those that another client has rewound meanwhile, or that went with their parent, are passed over. */
export const rewindAct =
  (reruns: RerunClient, how: Omit<RewindParams, "instanceId">): Act<EditPlan> =>
  async (instanceId) => {
    const outcome = await reruns.rewind({ instanceId, ...how });
    return outcome.kind === "rewound" ? { step: outcome.plan, began: instanceId } : null;
  };

export interface RestartHow extends Omit<RestartParams, "instanceId" | "newInstanceId"> {
  readonly keepsId: boolean;
  readonly dryRun: boolean;
}

/** Passed over are those that are gone, or live again under the same id. */
export const restartAct =
  (reruns: RerunClient, { keepsId, dryRun, ...how }: RestartHow): Act<Omit<RestartStep, "continuation">> =>
  async (instanceId) => {
    if (dryRun) return { step: { instanceId, restartedAs: null }, began: instanceId };
    const outcome = await reruns.restart({ instanceId, ...how, ...(keepsId ? { newInstanceId: instanceId } : {}) });
    const hasBegun = outcome.kind === "started" || outcome.kind === "existing";
    return hasBegun ? { step: { instanceId, restartedAs: outcome.instanceId }, began: outcome.instanceId } : null;
  };

/** Passed over are those that are gone, or whose history has no such point or call. */
export const forkAct =
  (fork: (instanceId: InstanceId) => Promise<ForkOutcome>): Act<Omit<ForkStep, "continuation">> =>
  async (instanceId) => {
    const outcome = await fork(instanceId).catch(withoutPoint);
    return outcome?.kind === "forked" ? { step: { ...outcome.plan, forkedFrom: instanceId }, began: outcome.instanceId } : null;
  };

function withoutPoint(error: unknown): null {
  if (error instanceof PerdureError && error.code === "FORK_INVALID") return null;
  throw error;
}
