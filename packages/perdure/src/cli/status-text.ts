import { renderFields, shortJson } from "./render.ts";
import type { WireStatus } from "./wire.ts";

/** One instance for people: a line for each field that it has. */
export const statusText = (status: WireStatus): string => renderFields(fieldsOf(status));

function fieldsOf(status: WireStatus): readonly (readonly [string, string])[] {
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
    ...optional("tags", tags && shortJson(tags)),
    ...optional("parent", parentInstanceId),
    ...optional("stopped", stopped === undefined ? null : `${stopped.code}: ${stopped.message}`),
  ];
}
