import { isRecord } from "../model/options.ts";
import { authorPlace } from "../model/stack-place.ts";
import type { ManagementDoor } from "./management-door.ts";
import { renderFields, shortJson } from "./render.ts";
import type { WireStatus } from "./wire.ts";
import { readStatus } from "./wire.ts";

/** One instance for people: a line for each field that it has. */
export const statusText = (status: WireStatus, failedAt: string | null): string => renderFields(fieldsOf(status, failedAt));

/** What failed an instance, which stands in its history alone. */
export interface ShownFailure {
  readonly type: string;
  readonly message: string;
  /** Of the code that has thrown it; null: it is not known. */
  readonly place: string | null;
}

/** Null: it has not failed, or its history does not say how. */
export async function failureOf(
  door: ManagementDoor,
  { instanceId, runtimeStatus }: Pick<WireStatus, "instanceId" | "runtimeStatus">,
): Promise<ShownFailure | null> {
  if (runtimeStatus !== "Failed") return null;
  const { historyEvents = [] } = await readStatus(door, instanceId, { showHistory: "true", showInput: "false" });
  const details: unknown = historyEvents.findLast(({ EventType }) => EventType === "ExecutionCompleted")?.FailureDetails;
  if (!isRecord(details)) return null;
  const { ErrorType, ErrorMessage, StackTrace } = details;
  return {
    type: String(ErrorType),
    message: String(ErrorMessage),
    place: typeof StackTrace === "string" ? authorPlace(StackTrace) : null,
  };
}

/** The place of {@link failureOf}. */
export const failedAt = async (door: ManagementDoor, status: WireStatus): Promise<string | null> =>
  (await failureOf(door, status))?.place ?? null;

function fieldsOf(status: WireStatus, failedAtPlace: string | null): readonly (readonly [string, string])[] {
  const { version, tags, parentInstanceId, stopped } = status;
  const optional = (name: string, text: string | null | undefined) => (text === null || text === undefined ? [] : [[name, text] as const]);
  return [
    ["instance", status.instanceId],
    ["orchestrator", status.name],
    ...optional("version", version),
    ["status", status.runtimeStatus],
    ["created", status.createdTime],
    ["updated", status.lastUpdatedTime],
    ["input", shortJson(status.input)],
    ["custom status", shortJson(status.customStatus)],
    ["output", shortJson(status.output)],
    ...optional("failed at", failedAtPlace),
    ...optional("tags", tags && shortJson(tags)),
    ...optional("parent", parentInstanceId),
    ...optional("stopped", stopped === undefined ? null : `${stopped.code}: ${stopped.message}`),
  ];
}
