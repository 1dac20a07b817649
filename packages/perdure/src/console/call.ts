import type { Inspector } from "../client/inspect/types.ts";
import type { HubClient } from "../client/types.ts";
import type { ScheduleClient } from "../functions/schedule-client.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import type { BulkRuns } from "./bulk/bulk-runs.ts";
import type { Fleet } from "./fleet.ts";
import type { Holders } from "./holders.ts";
import type { Sessions } from "./session.ts";
import type { ShownPayloads } from "./shown-payloads.ts";
import type { Streams } from "./stream/streams.ts";
import type { HubInfo, MisfitChoice, Role, Session } from "./wire.ts";

/** What the console needs of a hub. */
export interface ConsoleHub {
  readonly client: HubClient;
  readonly schedules: ScheduleClient;
  readonly maxJsonDepth: number;
  /** True: nothing new is to be started through this process. */
  readonly isClosing: () => boolean;
  /** Store time as well as this process knows it, ms since 1970. */
  readonly now: () => number;
  /** HTTP functions that this host serves. */
  readonly httpFunctions: () => readonly { readonly name: string; readonly methods: readonly string[]; readonly route: string }[];
}

/** The same for all calls of one console. */
export interface ConsoleParts {
  readonly hub: ConsoleHub;
  /** Shows payloads as this console may. */
  readonly inspector: Inspector;
  /** But for who asks, and when. */
  readonly info: Omit<HubInfo, "role" | "payloads" | "now">;
  readonly sessions: Sessions;
  readonly payloads: ShownPayloads;
  readonly log: EngineLog;
  /** Folder of the app, whose code may be read; null: none may. */
  readonly sources: string | null;
  /** Null: this is not `perdure dev`. */
  readonly decide: ((choice: MisfitChoice) => Promise<void>) | null;
  readonly fleet: Fleet;
  readonly holders: Holders;
  readonly bulk: BulkRuns;
  readonly streams: Streams;
}

/** One request to the API of the console, as the functions under routes/ see it. */
export interface ConsoleCall extends ConsoleParts {
  readonly request: Request;
  readonly url: URL;
  /** For messages: "GET /instances/{id}". */
  readonly where: string;
  /** Parts of the path, decoded. */
  readonly params: { readonly [name: string]: string };
  readonly session: Session;
}

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below `/api/v1`: "/instances/{id}/why". */
  readonly path: string;
  /** `none`: also for who has not signed in. */
  readonly needs: Role | "none";
  /** Gives what is answered as JSON, or the answer itself. */
  readonly handle: (call: ConsoleCall) => unknown;
}

/** The part of the path of that name, which the pattern of its route has. */
export const param = ({ params }: ConsoleCall, name: string): string => params[name] ?? "";
