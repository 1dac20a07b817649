import { createScheduleClient } from "../../client/schedules.ts";
import type { HubClient } from "../../client/types.ts";
import { jsonCodec } from "../../model/payload.ts";
import { silentLog } from "../../telemetry/engine-log.ts";
import type { HttpHandler } from "../handler.ts";
import { createHttpHandler } from "../handler.ts";
import type { HttpFunctionDefinition } from "../http-function.ts";
import type { HttpHandlerOptions } from "../options.ts";
import type { ServedHub } from "../served-hub.ts";
import { FixtureClient } from "./fixture-client.ts";

export const ORIGIN = "http://localhost:7071";
export const BASE = "/runtime/webhooks/durabletask";

export interface Call {
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  readonly origin?: string;
}

export interface Api {
  readonly client: FixtureClient;
  readonly handler: HttpHandler;
  /** `path` below the base path. */
  management(path: string, call?: Call): Promise<Response>;
  /** `path` from the root. */
  call(path: string, call?: Call): Promise<Response>;
}

type Options = HttpHandlerOptions & { readonly httpFunctions?: readonly HttpFunctionDefinition<string>[] };

/** A handler over a fixture hub; client functions get the string "the client". */
export function makeApi({ httpFunctions = [], ...options }: Options = {}, client = new FixtureClient()): Api {
  const handler = createHttpHandler<string>(fixtureHub<string>(client, "the client", httpFunctions), options);
  const call = (path: string, { method = "GET", headers = {}, body, origin = ORIGIN }: Call = {}) =>
    handler(new Request(origin + path, { method, headers, ...(body === undefined ? {} : { body }) }));
  return { client, handler, call, management: (path, options) => call(BASE + path, options) };
}

/** A hub named "TestHub" that is ready. */
export const fixtureHub = <Client>(
  hubClient: HubClient,
  client: Client,
  functions: readonly HttpFunctionDefinition<Client>[] = [],
): ServedHub<Client> => ({
  client,
  hubClient,
  schedules: createScheduleClient({ client: hubClient, codec: jsonCodec }),
  name: "TestHub",
  registry: { http: functions },
  httpDefaults: {
    maxJsonDepth: 1_000,
    maxPayloadBytes: 1_000_000,
    keys: [],
    forwardedHost: false,
    publicOrigin: "http://localhost:7071",
    log: silentLog,
    functionLog: silentLog,
  },
  readiness: async () => "ready",
});

/** The body as a value; tests look into it freely. */
export const jsonOf = async (response: Promise<Response>) => JSON.parse(await (await response).text());
