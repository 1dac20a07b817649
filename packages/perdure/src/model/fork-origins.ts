import type { HistoryEvent } from "./history.ts";
import type { InstanceId } from "./ids.ts";

/** What was recorded for another instance, of which this one is a fork. */
export interface CopyOf {
  readonly original: InstanceId;
  readonly copy: InstanceId;
}

/** Of the part of a history before the first of these marks; null: there is none. */
export function copyOf([original]: readonly InstanceId[], copy: InstanceId): CopyOf | null {
  return original === undefined ? null : { original, copy };
}

/** For whom the parts of a history were recorded that end with a fork, in order. */
export const forkOrigins = (events: readonly HistoryEvent[]): readonly InstanceId[] =>
  events.flatMap((event) => (event.kind === "ExecutionForked" ? [event.from.instanceId] : []));
