import type { DeliverOutcome, HubClient, StartOutcome } from "../client/types.ts";
import { fault } from "../errors/perdure-error.ts";
import type { EditPlan } from "../functions/rerun-types.ts";
import { assertNever } from "../model/assert-never.ts";
import { isBuiltInId } from "../model/ids.ts";
import { definedOf } from "../model/options.ts";
import type { Payload } from "../model/payload.ts";
import type { ActionResult, InstanceAction, RewindPlan } from "./wire.ts";

/** What is to be done, with all that it needs. */
export type Act =
  | { readonly action: "raise-event"; readonly event: string; readonly input: Payload | null; readonly inputDepth: number }
  | { readonly action: "suspend" | "resume"; readonly reason: string | null }
  | { readonly action: "terminate" | "purge"; readonly reason: string | null; readonly recursive: boolean }
  | {
      readonly action: "restart";
      readonly reason: string | null;
      readonly instanceId?: string;
      readonly input?: Payload | null;
      readonly version?: string;
    }
  | { readonly action: "rewind"; readonly reason: string | null; readonly dryRun: boolean };

export const INSTANCE_ACTIONS: readonly InstanceAction[] = ["raise-event", "suspend", "resume", "terminate", "restart", "rewind", "purge"];

/** Throws INSTANCE_NOT_FOUND, INSTANCE_DONE and the like: then nothing was done. */
export async function actOn(client: HubClient, id: string, act: Act): Promise<ActionResult> {
  // What is part of Perdure has commands of its own, such as those of schedules.
  if (isBuiltInId(id)) throw fault("INSTANCE_NOT_FOUND", id);
  switch (act.action) {
    case "raise-event":
      return accepted(id, await client.raiseEvent({ instanceId: id, name: act.event, input: act.input, inputDepth: act.inputDepth }));
    case "suspend":
      return accepted(id, await client.suspend({ instanceId: id, reason: act.reason }));
    case "resume":
      return accepted(id, await client.resume({ instanceId: id, reason: act.reason }));
    case "terminate":
      return accepted(id, await client.terminate({ instanceId: id, reason: act.reason, recursive: act.recursive }));
    case "restart":
      return restart(client, id, act);
    case "rewind":
      return rewind(client, id, act);
    case "purge":
      return purge(client, id, act);
    default:
      return assertNever(act);
  }
}

const result = (instanceId: string, outcome: ActionResult["outcome"], plan: RewindPlan | null = null): ActionResult => ({
  outcome,
  instanceId,
  plan,
});

function accepted(id: string, { outcome, status }: DeliverOutcome): ActionResult {
  switch (outcome) {
    case "delivered":
      return result(id, "accepted");
    case "notFound":
      throw fault("INSTANCE_NOT_FOUND", id);
    case "done":
      throw fault("INSTANCE_DONE", id, status ?? "Completed");
    default:
      return assertNever(outcome);
  }
}

async function restart(
  client: HubClient,
  id: string,
  { reason, instanceId, input, version }: Extract<Act, { readonly action: "restart" }>,
) {
  const newInstanceId = instanceId === "same" ? id : instanceId;
  const outcome = await client.reruns.restart({
    instanceId: id,
    reason,
    ...definedOf({ newInstanceId, input, version }),
  });
  if (outcome.kind === "notFound") throw fault("INSTANCE_NOT_FOUND", id);
  return result(startedId(outcome), "accepted");
}

/** Throws INSTANCE_EXISTS. */
export function startedId(outcome: StartOutcome): string {
  if (outcome.kind === "conflict") throw fault("INSTANCE_EXISTS", outcome.instanceId, outcome.status, "start");
  return outcome.instanceId;
}

async function rewind(
  client: HubClient,
  id: string,
  { reason, dryRun }: Extract<Act, { readonly action: "rewind" }>,
): Promise<ActionResult> {
  const outcome = await client.reruns.rewind({ instanceId: id, reason, dryRun });
  if (outcome.kind === "notFound") throw fault("INSTANCE_NOT_FOUND", id);
  if (outcome.kind === "notFailed") throw fault("INSTANCE_NOT_FAILED", id, outcome.status);
  return result(id, dryRun ? "done" : "accepted", planOf(outcome.plan));
}

const planOf = ({ instanceId, activities, droppedEpisodes, rewinds }: EditPlan): RewindPlan => ({
  instanceId,
  activities,
  droppedEpisodes,
  rewinds: rewinds.map(planOf),
});

async function purge(client: HubClient, id: string, { reason, recursive }: Extract<Act, { readonly action: "terminate" | "purge" }>) {
  const outcome = await client.purge(id, recursive, reason);
  if (outcome === "notFound") throw fault("INSTANCE_NOT_FOUND", id);
  if (outcome === "notTerminal") throw fault("INSTANCE_NOT_TERMINAL", id, (await client.getStatus(id, "none"))?.runtimeStatus ?? "Running");
  return result(id, "deleted");
}
