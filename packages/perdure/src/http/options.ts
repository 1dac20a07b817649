import type { HubClient } from "../client/types.ts";
import { fault } from "../errors/perdure-error.ts";
import { Withheld } from "../errors/shown.ts";
import type { ScheduleClient } from "../functions/schedule-client.ts";
import type { Duration } from "../model/duration.ts";
import { DURATION_FORM, parseDuration } from "../model/duration.ts";
import { parseOptions } from "../model/options.ts";
import type { HubLogs, LogOption } from "../telemetry/log-option.ts";
import { parseLogOption } from "../telemetry/log-option.ts";
import type { HttpFunctionDefinition } from "./http-function.ts";
import type { PublicOrigin } from "./http-management.ts";
import type { HttpMount } from "./mounts.ts";
import { DEFAULT_BASE_PATH, isBelow, isPlainPath } from "./paths.ts";
import type { Readiness, ServedHub, ServedMetrics } from "./served-hub.ts";

const DEFAULT_MAX_BODY_BYTES = 32 * 1_024 * 1_024;
const DEFAULT_MAX_HELD_BODY_BYTES = 256 * 1_024 * 1_024;

export interface HttpHandlerOptions {
  /** Name that stands for `connection` in the management URLs; it selects nothing. */
  readonly connectionName?: string;
  readonly basePath?: string;
  /** Client functions are served under this first path segment; "" serves them at the root. */
  readonly routePrefix?: string;
  /** Path under which the server has mounted all of this: "/durable". Requests carry it, and so do management URLs. */
  readonly mountPath?: string;
  /** Any of them opens the API; the first is written into management URLs. None: loopback only. Default: those of the hub. */
  readonly keys?: readonly string[];
  /** Origins of web pages that may call: `https://app.example`, or "*" for any. */
  readonly corsOrigins?: readonly string[];
  /** These pages may send cookies and other credentials with their calls. Not with "*". Default false. */
  readonly corsCredentials?: boolean;
  /**
   * A start or a restart under the id of an instance that has not ended is answered 409 (`error`), or terminates that instance and starts another in its place
   * (`replace`). Default "error".
   */
  readonly onExisting?: "error" | "replace";
  /** Trust X-Forwarded-Host and X-Forwarded-Proto (both must be there) when URLs are made. Default: as the hub. */
  readonly forwardedHost?: boolean;
  /** Origin for management URLs that are made without a request; a function where it is known later only (port 0). Default: as the hub. */
  readonly publicOrigin?: PublicOrigin;
  /** Of one request body. Default 32 MiB. */
  readonly maxBodyBytes?: number;
  /** Of all request bodies that are in memory at once. Default 256 MiB. */
  readonly maxHeldBodyBytes?: number;
  /** A request body must be here within this. Default one minute. */
  readonly bodyTimeout?: Duration;
  /** Answer `/healthz` and `/readyz`. Default true. */
  readonly probes?: boolean;
  /** What `/readyz` says. Default: `hub.readiness()`. */
  readonly readiness?: () => Promise<Readiness>;
  /** Shown by GET /admin/host/status. */
  readonly version?: string;
  /** What else is served below paths of its own, such as the console. They come before everything but the probes. */
  readonly mounts?: readonly HttpMount[];
  /** Of requests and client functions, as of `TaskHub.open`. Default: that of the hub. */
  readonly log?: LogOption;
}

export interface HttpSettings<Client> extends Omit<Required<HttpHandlerOptions>, "log">, HubLogs {
  readonly schedules: ScheduleClient;
  readonly client: HubClient;
  readonly functionClient: Client;
  readonly taskHub: string;
  readonly maxJsonDepth: number;
  readonly httpFunctions: readonly HttpFunctionDefinition<Client>[];
  readonly isClosing: () => boolean;
  readonly drained: AbortSignal;
  readonly metrics: ServedMetrics | null;
}

const NEVER = new AbortController().signal;
const WHERE = "createHttpHandler";

const KNOWN: { readonly [Option in keyof Required<HttpHandlerOptions>]: true } = {
  connectionName: true,
  basePath: true,
  routePrefix: true,
  mountPath: true,
  keys: true,
  corsOrigins: true,
  corsCredentials: true,
  onExisting: true,
  forwardedHost: true,
  publicOrigin: true,
  maxBodyBytes: true,
  maxHeldBodyBytes: true,
  bodyTimeout: true,
  probes: true,
  readiness: true,
  version: true,
  mounts: true,
  log: true,
};

/** Defaults filled in, every value checked: a misspelled or impossible option is an error that names it. */
export function parseHttpOptions<Client>(hub: ServedHub<Client>, options: HttpHandlerOptions): HttpSettings<Client> {
  check("hub", new Withheld(hub), isHub(hub), "a TaskHub, and the options behind it: createHttpHandler(hub, { … })");
  parseOptions(options, Object.keys(KNOWN), WHERE);
  const { httpDefaults } = hub;
  const settings: HttpSettings<Client> = {
    client: hub.hubClient,
    schedules: hub.schedules,
    functionClient: hub.client,
    taskHub: hub.name,
    httpFunctions: hub.registry.http,
    isClosing: () => hub.isClosing === true,
    drained: hub.drained ?? NEVER,
    metrics: hub.metrics ?? null,
    connectionName: options.connectionName ?? "Storage",
    basePath: options.basePath ?? DEFAULT_BASE_PATH,
    routePrefix: options.routePrefix ?? "api",
    mountPath: options.mountPath ?? "",
    keys: options.keys ?? httpDefaults.keys,
    corsOrigins: options.corsOrigins ?? [],
    corsCredentials: options.corsCredentials ?? false,
    onExisting: options.onExisting ?? "error",
    forwardedHost: options.forwardedHost ?? httpDefaults.forwardedHost,
    publicOrigin: options.publicOrigin ?? httpDefaults.publicOrigin,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    maxHeldBodyBytes: options.maxHeldBodyBytes ?? defaultHeld(options.maxBodyBytes),
    bodyTimeout: options.bodyTimeout ?? "1m",
    maxJsonDepth: httpDefaults.maxJsonDepth,
    probes: options.probes ?? true,
    readiness: options.readiness ?? (() => hub.readiness()),
    version: options.version ?? "unknown",
    mounts: options.mounts ?? [],
    ...(options.log === undefined ? { log: httpDefaults.log, functionLog: httpDefaults.functionLog } : parseLogOption(WHERE, options.log)),
  };
  checkAll(settings);
  return {
    ...settings,
    basePath: settings.basePath.replace(/\/+$/, ""),
    mountPath: settings.mountPath.replace(/\/+$/, ""),
    routePrefix: settings.routePrefix.replace(/^\/+|\/+$/g, ""),
  };
}

/** A value that is not a number is refused under the name maxBodyBytes. */
const defaultHeld = (maxBodyBytes: unknown): number =>
  Math.max(DEFAULT_MAX_HELD_BODY_BYTES, typeof maxBodyBytes === "number" && !Number.isNaN(maxBodyBytes) ? maxBodyBytes : 0);

function checkAll<Client>(settings: HttpSettings<Client>): void {
  const { connectionName, basePath, routePrefix, mountPath, keys, corsOrigins, forwardedHost, publicOrigin, maxBodyBytes } = settings;
  check("connectionName", connectionName, isText(connectionName), "a name that is not empty");
  check("basePath", basePath, isText(basePath) && /^(\/[\w.~-]+)+\/?$/.test(basePath), 'a path such as "/runtime/webhooks/durabletask"');
  check("routePrefix", routePrefix, typeof routePrefix === "string" && /^[\w./~-]*$/.test(routePrefix), 'a path such as "api", or ""');
  check(
    "mountPath",
    mountPath,
    typeof mountPath === "string" && /^((\/[\w.~-]+)*\/?)$/.test(mountPath),
    'a path such as "/durable", or ""',
  );
  check("keys", new Withheld(keys), Array.isArray(keys) && keys.every(isText), "an array of keys that are not empty");
  check(
    "corsOrigins",
    corsOrigins,
    Array.isArray(corsOrigins) && corsOrigins.every(isOriginOrStar),
    'origins such as "https://app.example", or "*"',
  );
  const { corsCredentials, onExisting } = settings;
  const mayCarry = corsCredentials === false || (corsCredentials === true && !corsOrigins.includes("*"));
  check("corsCredentials", corsCredentials, mayCarry, 'true or false, and not true while corsOrigins has "*"');
  check("onExisting", onExisting, onExisting === "error" || onExisting === "replace", '"error" or "replace"');
  check("forwardedHost", forwardedHost, typeof forwardedHost === "boolean", "true or false");
  const originIsKnown = typeof publicOrigin !== "function";
  check("publicOrigin", publicOrigin, !originIsKnown || isOrigin(publicOrigin), 'an origin such as "https://app.example"');
  check("maxBodyBytes", maxBodyBytes, Number.isSafeInteger(maxBodyBytes) && maxBodyBytes > 0, "a whole number of bytes above 0");
  const { maxHeldBodyBytes, bodyTimeout } = settings;
  const holds = Number.isSafeInteger(maxHeldBodyBytes) && maxHeldBodyBytes >= maxBodyBytes;
  check("maxHeldBodyBytes", maxHeldBodyBytes, holds, "a whole number of bytes, not below maxBodyBytes");
  check("bodyTimeout", bodyTimeout, (parseDuration(bodyTimeout) ?? 0) > 0, `${DURATION_FORM}, above 0`);
  check("probes", settings.probes, typeof settings.probes === "boolean", "true or false");
  check("readiness", new Withheld(settings.readiness), typeof settings.readiness === "function", "a function");
  check("version", settings.version, isText(settings.version), "a version that is not empty");
  const { mounts } = settings;
  const isMount = ({ path, handle }: HttpMount) => isPlainPath(path) && !isBelow(basePath, path) && typeof handle === "function";
  const form = 'a list of { path, handle } with paths such as "/console" that do not lead to the management API';
  check("mounts", new Withheld(mounts), Array.isArray(mounts) && mounts.every(isMount), form);
  // Who asks for keys may listen to the whole network.
  const areClosed = keys.length === 0 || mounts.every(({ demandsKey }) => demandsKey !== false);
  check("mounts", new Withheld(mounts), areClosed, "mounts that ask for a key, as this handler does: createConsole(hub, { keys: … })");
}

function check(option: string, value: unknown, valid: boolean, expected: string): void {
  if (!valid) throw fault("OPTION_INVALID", WHERE, option, value, expected);
}

/** A hub in itself, and not the parts of one. */
const isHub = (value: unknown): boolean =>
  isObject(value) && ["hubClient", "client", "httpDefaults", "registry", "readiness"].every((part) => part in (value as object));
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const isText = (value: unknown): boolean => typeof value === "string" && value.trim() !== "";
const isOriginOrStar = (value: unknown): boolean => value === "*" || isOrigin(value);
const isOrigin = (value: unknown): boolean => typeof value === "string" && URL.canParse(value) && new URL(value).origin === value;
