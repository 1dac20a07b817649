import type { HubClient } from "../client/types.ts";
import { fault } from "../errors/perdure-error.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import { silentLog } from "../telemetry/engine-log.ts";
import type { HttpFunctionDefinition } from "./http-function.ts";
import type { PublicOrigin } from "./http-management.ts";

export const DEFAULT_BASE_PATH = "/runtime/webhooks/durabletask";
export const DEFAULT_MAX_BODY_BYTES = 32 * 1_024 * 1_024;

export interface HttpHandlerOptions<Client> {
  readonly client: HubClient;
  /** What the handlers of client functions get as `client`. */
  readonly functionClient: Client;
  /** Name of the task hub, as it stands in the management URLs. */
  readonly taskHub: string;
  /** Name that stands for `connection` in the management URLs; it selects nothing. */
  readonly connectionName?: string;
  readonly basePath?: string;
  /** Client functions are served under this first path segment; "" serves them at the root. */
  readonly routePrefix?: string;
  readonly httpFunctions?: readonly HttpFunctionDefinition<Client>[];
  /** Any of them opens the API; the first is written into management URLs. None: loopback only. */
  readonly keys?: readonly string[];
  /** Origins of web pages that may call: `https://app.example`, or "*" for any. */
  readonly corsOrigins?: readonly string[];
  /** Trust X-Forwarded-Host and X-Forwarded-Proto (both must be there) when URLs are made. */
  readonly forwardedHost?: boolean;
  /** Origin for management URLs that are made without a request; a function where it is known later only (port 0). */
  readonly publicOrigin?: PublicOrigin;
  readonly maxBodyBytes?: number;
  /** Shown by GET /admin/host/status. */
  readonly version?: string;
  readonly log?: EngineLog;
}

export type HttpSettings<Client> = Required<HttpHandlerOptions<Client>>;

const WHERE = "createHttpHandler";

const KNOWN: { readonly [Option in keyof HttpSettings<unknown>]: true } = {
  client: true,
  functionClient: true,
  taskHub: true,
  connectionName: true,
  basePath: true,
  routePrefix: true,
  httpFunctions: true,
  keys: true,
  corsOrigins: true,
  forwardedHost: true,
  publicOrigin: true,
  maxBodyBytes: true,
  version: true,
  log: true,
};

/** Defaults filled in, every value checked: a misspelled or impossible option is an error that names it. */
export function parseHttpOptions<Client>(options: HttpHandlerOptions<Client>): HttpSettings<Client> {
  const known = Object.keys(KNOWN);
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) throw fault("OPTION_UNKNOWN", WHERE, option, known);
  }
  check("client", describe(options.client), isObject(options.client), "a client of a task hub");
  check("taskHub", options.taskHub, isText(options.taskHub), "a name that is not empty");
  const settings: HttpSettings<Client> = {
    client: options.client,
    functionClient: options.functionClient,
    taskHub: options.taskHub,
    connectionName: options.connectionName ?? "Storage",
    basePath: options.basePath ?? DEFAULT_BASE_PATH,
    routePrefix: options.routePrefix ?? "api",
    httpFunctions: options.httpFunctions ?? [],
    keys: options.keys ?? [],
    corsOrigins: options.corsOrigins ?? [],
    forwardedHost: options.forwardedHost ?? false,
    publicOrigin: options.publicOrigin ?? "http://localhost:7071",
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    version: options.version ?? "unknown",
    log: options.log ?? silentLog,
  };
  checkAll(settings);
  return { ...settings, basePath: settings.basePath.replace(/\/+$/, ""), routePrefix: settings.routePrefix.replace(/^\/+|\/+$/g, "") };
}

function checkAll<Client>(settings: HttpSettings<Client>): void {
  const { connectionName, basePath, routePrefix, httpFunctions, keys, corsOrigins, forwardedHost, publicOrigin, maxBodyBytes } = settings;
  check("connectionName", connectionName, isText(connectionName), "a name that is not empty");
  check("basePath", basePath, isText(basePath) && /^(\/[\w.~-]+)+\/?$/.test(basePath), 'a path such as "/runtime/webhooks/durabletask"');
  check("routePrefix", routePrefix, typeof routePrefix === "string" && /^[\w./~-]*$/.test(routePrefix), 'a path such as "api", or ""');
  check("httpFunctions", describe(httpFunctions), Array.isArray(httpFunctions), "an array of client functions");
  check("keys", describe(keys), Array.isArray(keys) && keys.every(isText), "an array of keys that are not empty");
  check(
    "corsOrigins",
    corsOrigins,
    Array.isArray(corsOrigins) && corsOrigins.every(isOriginOrStar),
    'origins such as "https://app.example", or "*"',
  );
  check("forwardedHost", forwardedHost, typeof forwardedHost === "boolean", "true or false");
  const originIsKnown = typeof publicOrigin !== "function";
  check("publicOrigin", publicOrigin, !originIsKnown || isOrigin(publicOrigin), 'an origin such as "https://app.example"');
  check("maxBodyBytes", maxBodyBytes, Number.isSafeInteger(maxBodyBytes) && maxBodyBytes > 0, "a whole number of bytes above 0");
  check("version", settings.version, isText(settings.version), "a version that is not empty");
  check("log", describe(settings.log), isObject(settings.log), "a log");
}

function check(option: string, value: unknown, valid: boolean, expected: string): void {
  if (!valid) throw fault("OPTION_INVALID", WHERE, option, value, expected);
}

/** Keys and objects are not printed. */
const describe = (value: unknown): string => (Array.isArray(value) ? "an array" : typeof value);
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const isText = (value: unknown): boolean => typeof value === "string" && value.trim() !== "";
const isOriginOrStar = (value: unknown): boolean => value === "*" || isOrigin(value);
const isOrigin = (value: unknown): boolean => typeof value === "string" && URL.canParse(value) && new URL(value).origin === value;
