import type { Attributes } from "../../telemetry/traces/span.ts";

/** As Durable Functions names them: with the version behind, where there is one. */
export const spanName = (
  kind: "create_orchestration" | "orchestration" | "orchestration_event" | "activity",
  name: string,
  version: string | null,
): string => (version === null ? `${kind}:${name}` : `${kind}:${name}@(${version})`);

/** `instanceId`: `@name@key`. */
export const entitySpanName = (instanceId: string, operation: string): string =>
  `entity:${instanceId.split("@")[1] ?? instanceId}:${operation}`;

export const entityAttributes = (instanceId: string, operation: string): Attributes => ({
  "durabletask.type": "entity",
  "durabletask.task.operation": operation,
  "durabletask.event.target_instance_id": instanceId,
});

export const eventAttributes = (instanceId: string, event: string): Attributes => ({
  "durabletask.type": "event",
  "durabletask.task.name": event,
  "durabletask.event.target_instance_id": instanceId,
});
