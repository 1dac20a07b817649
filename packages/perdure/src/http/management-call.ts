import type { HubClient } from "../client/types.ts";
import type { ScheduleClient } from "../functions/schedule-client.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import type { HttpManagement } from "./http-management.ts";
import type { RequestBody } from "./request-body.ts";
import type { RequestQuery } from "./request-query.ts";

/** One request to the management API, as the functions under routes/ see it. */
export interface ManagementCall {
  readonly request: Request;
  readonly query: RequestQuery;
  readonly client: HubClient;
  readonly schedules: ScheduleClient;
  readonly management: HttpManagement;
  readonly body: RequestBody;
  readonly maxJsonDepth: number;
  readonly onExisting: "error" | "replace";
  readonly forwardedHost: boolean;
  readonly basePath: string;
  readonly version: string;
  readonly log: EngineLog;
  readonly isClosing: () => boolean;
  readonly drained: AbortSignal;
}
