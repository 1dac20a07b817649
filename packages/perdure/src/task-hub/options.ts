import type { WorkerSettings } from "../engine/options.ts";
import { DEFAULT_WORKER_SETTINGS } from "../engine/options.ts";
import { fault } from "../errors/perdure-error.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import type { PublicOrigin } from "../http/http-management.ts";
import type { Duration } from "../model/duration.ts";
import { DEFAULT_MAX_JSON_DEPTH } from "../model/json-scan.ts";
import { countOption, durationOption } from "../model/options.ts";
import type { PayloadCodec } from "../model/payload.ts";
import { jsonCodec } from "../model/payload.ts";
import type { Store } from "../store/contract.ts";
import type { HubLogs, LogOption } from "../telemetry/log-option.ts";
import { parseLogOption } from "../telemetry/log-option.ts";

export interface TaskHubOptions {
  /** What this process can run, and the client functions that it serves. A pure client needs none. */
  readonly functions?: readonly RegisteredFunction[];
  /** Name of the task hub in management URLs. Default "PerdureHub". */
  readonly name?: string;
  /** Finished instances are purged after this. Default: they are kept. */
  readonly retention?: Duration;
  /** Activities that run at once in this process; more wait in line. Default 1,000. */
  readonly maxConcurrentActivities?: number;
  /** The same for single activities, by name; wins over `maxConcurrent` of the definition. */
  readonly activityLimits?: { readonly [activity: string]: number };
  /**
   * A call to a function that no live worker has had for so long fails. Default: 30 seconds, and at once while this worker is the only one; when
   * given it always holds, as apps need whose workers have different functions and start one after the other.
   */
  readonly functionNotFoundAfter?: Duration;
  /** A close waits this long for running activities, whose signals fire at its beginning, and is over at most 5 seconds later. Default 10 seconds. */
  readonly drainTimeout?: Duration;
  /** Largest input, result, event or output, in bytes of its JSON. Default 32 MiB. */
  readonly maxPayloadBytes?: number;
  /**
   * How many levels of lists and objects a value may have in each other. Default 1,000. A stored value with more, as another limit may have let in, is
   * an error where a function would get it, and undefined in a status.
   */
  readonly maxJsonDepth?: number;
  /** How values become stored text. Default: JSON. */
  readonly codec?: PayloadCodec;
  /**
   * Where Perdure and `ctx.log` write, and how much. Default: on standard error, warnings and errors of Perdure itself, and of `ctx.log` everything
   * from "info" on. `false` for nothing, a level for both, a logger (pino, `console`), or `{ engine, functions, to }`.
   */
  readonly log?: LogOption;
  /**
   * First part of management URLs that are made without a request. Default "http://localhost:7071". A function where it is known later only,
   * as with a server on port 0.
   */
  readonly publicOrigin?: PublicOrigin;
  /** Keys of the HTTP management API; the first is written into management URLs. Default: none, loopback only. */
  readonly keys?: readonly string[];
  /** Trust X-Forwarded-Host and X-Forwarded-Proto when management URLs are made. Default false. */
  readonly forwardedHost?: boolean;
  /** An open store instead of a URL (tests, other stores). The hub closes it. */
  readonly store?: Store;
  /** For benchmarks: a delay added to every commit, ms. */
  readonly commitDelayMs?: number;
  /** Numbers of the engine, for tests and experts. */
  readonly engine?: Partial<WorkerSettings>;
}

export interface HubSettings extends HubLogs {
  readonly registry: FunctionRegistry;
  readonly name: string;
  readonly maxPayloadBytes: number;
  readonly maxJsonDepth: number;
  readonly codec: PayloadCodec;
  readonly publicOrigin: PublicOrigin;
  readonly keys: readonly string[];
  readonly forwardedHost: boolean;
  readonly store: Store | null;
  readonly commitDelayMs: number | undefined;
  readonly engine: Partial<WorkerSettings>;
}

const WHERE = "TaskHub.open";
const DEFAULT_MAX_PAYLOAD_BYTES = 32 * 1_024 * 1_024;

const KNOWN: { readonly [Option in keyof Required<TaskHubOptions>]: true } = {
  functions: true,
  name: true,
  retention: true,
  maxConcurrentActivities: true,
  activityLimits: true,
  functionNotFoundAfter: true,
  drainTimeout: true,
  maxPayloadBytes: true,
  maxJsonDepth: true,
  codec: true,
  log: true,
  publicOrigin: true,
  keys: true,
  forwardedHost: true,
  store: true,
  commitDelayMs: true,
  engine: true,
};

/** Every option checked, defaults filled in. Throws OPTION_UNKNOWN and OPTION_INVALID, which name the option. */
export function parseHubOptions(options: TaskHubOptions): HubSettings {
  checkNames(WHERE, options, Object.keys(KNOWN));
  checkNames(`${WHERE} engine`, options.engine ?? {}, Object.keys(DEFAULT_WORKER_SETTINGS));
  const { retention, maxConcurrentActivities, functionNotFoundAfter } = options;
  const retentionMs = retention === undefined ? undefined : durationOption(retention, WHERE, "retention");
  checkCount("maxConcurrentActivities", maxConcurrentActivities);
  checkCount("maxPayloadBytes", options.maxPayloadBytes);
  checkCount("maxJsonDepth", options.maxJsonDepth);
  const registry = new FunctionRegistry(options.functions ?? []);
  const notFoundMs =
    functionNotFoundAfter === undefined ? undefined : durationOption(functionNotFoundAfter, WHERE, "functionNotFoundAfter");
  const drainMs = options.drainTimeout === undefined ? undefined : durationOption(options.drainTimeout, WHERE, "drainTimeout");
  const { commitDelayMs } = options;
  if (commitDelayMs !== undefined && !(commitDelayMs >= 0))
    throw fault("OPTION_INVALID", WHERE, "commitDelayMs", commitDelayMs, "milliseconds");
  return {
    registry,
    name: options.name ?? "PerdureHub",
    maxPayloadBytes: options.maxPayloadBytes ?? DEFAULT_MAX_PAYLOAD_BYTES,
    maxJsonDepth: options.maxJsonDepth ?? DEFAULT_MAX_JSON_DEPTH,
    codec: options.codec ?? jsonCodec,
    ...parseLogOption(WHERE, options.log),
    publicOrigin: options.publicOrigin ?? "http://localhost:7071",
    keys: options.keys ?? [],
    forwardedHost: options.forwardedHost ?? false,
    store: options.store ?? null,
    commitDelayMs,
    engine: {
      ...(retentionMs === undefined ? {} : { retentionMs }),
      ...(maxConcurrentActivities === undefined ? {} : { maxConcurrentActivities }),
      ...(notFoundMs === undefined ? {} : { functionNotFoundAfterMs: notFoundMs, functionNotFoundAloneMs: notFoundMs }),
      ...(drainMs === undefined ? {} : { drainMs }),
      activityLimits: limitsOf(registry, options.activityLimits ?? {}),
      ...options.engine,
    },
  };
}

function checkNames(where: string, given: object, known: readonly string[]): void {
  for (const option of Object.keys(given)) if (!known.includes(option)) throw fault("OPTION_UNKNOWN", where, option, known);
}

/** Those of the definitions, and over them those of the hub: each must be of an activity that is here. */
function limitsOf(registry: FunctionRegistry, given: { readonly [activity: string]: number }): { readonly [activity: string]: number } {
  const limits: { [activity: string]: number } = { ...registry.activityLimits };
  for (const [name, limit] of Object.entries(given)) {
    const activity = registry.activity(name);
    if (activity === null) throw fault("OPTION_UNKNOWN", `${WHERE} activityLimits`, name, registry.names.activities);
    checkCount(`activityLimits.${activity.name}`, limit);
    limits[activity.name] = limit;
  }
  return limits;
}

function checkCount(option: string, value: number | undefined): void {
  if (value !== undefined) countOption(value, WHERE, option);
}
