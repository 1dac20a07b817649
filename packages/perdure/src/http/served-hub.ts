import type { HubClient } from "../client/types.ts";
import type { ScheduleClient } from "../functions/schedule-client.ts";
import type { HubLogs } from "../telemetry/log-option.ts";
import type { HttpFunctionDefinition } from "./http-function.ts";
import type { PublicOrigin } from "./http-management.ts";

/** Whether a process should get requests now. All but "ready" are 503 at `/readyz`. */
export type Readiness = "ready" | "starting" | "draining" | "storeUnavailable";

/** What `createHttpHandler` takes: a `TaskHub`. What it needs of one beyond this is not a promise, and no part of the published types. */
export interface ServedHub<Client> {
  /** What the handlers of client functions get as `client`. */
  readonly client: Client;
  /** @internal */
  readonly hubClient: HubClient;
  /** As in the management URLs. */
  readonly name: string;
  /** @internal */
  readonly registry: { readonly http: readonly HttpFunctionDefinition<Client>[] };
  /** @internal */
  readonly schedules: ScheduleClient;
  /** @internal What the hub was opened with; options of the handler win. */
  readonly httpDefaults: HttpDefaults;
  readiness(): Promise<Readiness>;
  /** True: this process stops, and nothing new is to be started through it. */
  readonly isClosing?: boolean;
  /** @internal Aborted when nothing will finish in this process any more: callers that wait for an instance get the URLs where to ask for it. */
  readonly drained?: AbortSignal;
}

export interface HttpDefaults extends HubLogs {
  readonly keys: readonly string[];
  readonly forwardedHost: boolean;
  readonly publicOrigin: PublicOrigin;
  readonly maxJsonDepth: number;
  readonly maxPayloadBytes: number;
}
