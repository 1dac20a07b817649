import type { HttpHandler } from "../handler.ts";
import { createHttpHandler } from "../handler.ts";
import type { HttpFunctionDefinition } from "../http-function.ts";
import type { HttpHandlerOptions } from "../options.ts";
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

type Options = Partial<HttpHandlerOptions<string>> & { readonly httpFunctions?: readonly HttpFunctionDefinition<string>[] };

/** A handler over a fixture hub; `functionClient` is the text "the client". */
export function makeApi(options: Options = {}, client = new FixtureClient()): Api {
  const handler = createHttpHandler<string>({ client, functionClient: "the client", taskHub: "TestHub", ...options });
  const call = (path: string, { method = "GET", headers = {}, body, origin = ORIGIN }: Call = {}) =>
    handler(new Request(origin + path, { method, headers, ...(body === undefined ? {} : { body }) }));
  return { client, handler, call, management: (path, options) => call(BASE + path, options) };
}

/** The body as a value; tests look into it freely. */
export const jsonOf = async (response: Promise<Response>) => JSON.parse(await (await response).text());
