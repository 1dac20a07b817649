import { ProcessOfHub } from "../../client/process-of-hub.ts";
import type { Ids } from "../../process/clock.ts";
import type { Store } from "../../store/contract.ts";
import type { HubTraces } from "../../task-hub/traces/hub-traces.ts";
import type { NodeTime, VirtualCalendar } from "../virtual-time.ts";
import type { SimVersions } from "./mixed-versions.ts";

export interface SimHubParts {
  readonly store: Store;
  readonly ids: Ids;
  readonly time: NodeTime;
  readonly calendar: VirtualCalendar;
  readonly versions?: SimVersions;
  readonly traces: HubTraces | undefined;
}

/** The clients of one process. */
export function simHub({ store, ids, time, calendar, versions, traces }: SimHubParts): ProcessOfHub {
  const stamp = versions === undefined ? {} : { versionOf: versions.versionOf };
  const traced = traces === undefined ? {} : { tracing: traces.client };
  return new ProcessOfHub({ store, ids, maxPayloadBytes: 1_000_000, now: calendar.now, clock: time, scheduler: time, ...stamp, ...traced });
}
