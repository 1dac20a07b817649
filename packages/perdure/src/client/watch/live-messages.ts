import type { ActivityProgress } from "../../engine/activities/activity-progress.ts";
import type { InstanceId } from "../../model/ids.ts";
import { instanceId as asInstanceId, storedIdProblem } from "../../model/ids.ts";
import { payload } from "../../model/payload.ts";

/** What processes tell each other of instances that are watched. `from`: one hub of one process, so that it leaves out its own. */
export type LiveMessage = { readonly from: string } & (
  | { readonly kind: "watching"; readonly ids: readonly InstanceId[] }
  /** Each process that watches says so. */
  | { readonly kind: "whoWatches" }
  | { readonly kind: "progress"; readonly of: readonly ActivityProgress[] }
);

/** Null for what is not ours: other processes may be of another release. */
export function parseLiveMessage(text: string): LiveMessage | null {
  const message = parsed(text);
  if (message === null || typeof message.from !== "string") return null;
  const { from, kind, ids, of } = message;
  if (kind === "whoWatches") return { from, kind };
  if (kind === "watching" && Array.isArray(ids)) return { from, kind, ids: ids.filter(isId).map(asInstanceId) };
  if (kind === "progress" && Array.isArray(of)) return { from, kind, of: of.flatMap(progressIn) };
  return null;
}

function parsed(text: string): { readonly [field: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

const isId = (id: unknown): id is string => typeof id === "string" && storedIdProblem(id) === null;

function progressIn(value: unknown): readonly ActivityProgress[] {
  if (typeof value !== "object" || value === null) return [];
  const { instanceId, activity, taskId, attempt, at, progress } = value as { readonly [field: string]: unknown };
  if (!isId(instanceId) || typeof activity !== "string" || typeof taskId !== "string" || typeof progress !== "string") return [];
  if (typeof attempt !== "number" || typeof at !== "number") return [];
  return [{ instanceId: asInstanceId(instanceId), activity, taskId, attempt, at, progress: payload(progress) }];
}
