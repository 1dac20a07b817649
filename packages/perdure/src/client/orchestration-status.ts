import type { GetStatusOptions, OrchestrationStatus } from "../functions/client-types.ts";
import type { HistoryEvent } from "../model/history.ts";
import { isDeeperThan } from "../model/json-depth.ts";
import type { Payload, PayloadCodec } from "../model/payload.ts";
import type { InstanceStatus } from "./types.ts";

/** What users see of an instance: decoded values, dates, and history when it was asked for. */
export function toOrchestrationStatus(
  { codec, maxJsonDepth }: { readonly codec: PayloadCodec; readonly maxJsonDepth: number },
  status: InstanceStatus,
  options: GetStatusOptions,
  history: readonly HistoryEvent[] | null,
): OrchestrationStatus {
  const { stopped } = status;
  // What other limits let in must not break a list for all the others that are in it.
  const decode = (text: Payload | null) => (text !== null && isDeeperThan(text, maxJsonDepth) ? undefined : codec.decode(text));
  return {
    instanceId: status.instanceId,
    name: status.name,
    version: status.version,
    runtimeStatus: status.runtimeStatus,
    input: options.showInput === false ? undefined : decode(status.input),
    output: decode(status.output),
    customStatus: decode(status.customStatus),
    tags: status.tags,
    parentInstanceId: status.parentInstanceId,
    createdTime: new Date(status.createdTime),
    lastUpdatedTime: new Date(status.lastUpdatedTime),
    stopped: stopped === null ? null : { code: stopped.code, message: stopped.message },
    ...(history === null ? {} : { history: history.map((event) => shaped(event, options)) }),
  };
}

/** Inputs and results stay out of the history unless they are asked for. */
function shaped(event: HistoryEvent, options: GetStatusOptions): HistoryEvent {
  if (options.showHistoryOutput === true) return event;
  if ("result" in event) return { ...event, result: null };
  return "input" in event ? { ...event, input: null } : event;
}
