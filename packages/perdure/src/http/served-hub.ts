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
  /** @internal Null: nothing is counted, and there is no `/metrics`. */
  readonly metrics?: ServedMetrics | null;
  /** True: this process stops, and nothing new is to be started through it. */
  readonly isClosing?: boolean;
  /** @internal Aborted when nothing will finish in this process any more: callers that wait for an instance get the URLs where to ask for it. */
  readonly drained?: AbortSignal;
}

export interface ServedMetrics {
  isVersion(version: string): void;
  /** `route`: one of few, never a path as it came. */
  answered(route: string, code: number, ms: number): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
}

export interface HttpDefaults extends HubLogs {
  readonly keys: readonly string[];
  readonly forwardedHost: boolean;
  readonly publicOrigin: PublicOrigin;
  readonly maxJsonDepth: number;
  readonly maxPayloadBytes: number;
}
