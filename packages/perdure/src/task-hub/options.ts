import type { WorkerSettings } from "../engine/options.ts";
import { fault } from "../errors/perdure-error.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import type { PublicOrigin } from "../http/http-management.ts";
import type { Duration } from "../model/duration.ts";
import { DEFAULT_MAX_JSON_DEPTH } from "../model/json-depth.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, countOption, durationOption, optional, parseOptions } from "../model/options.ts";
import type { PayloadCodec } from "../model/payload.ts";
import { jsonCodec } from "../model/payload.ts";
import type { Store } from "../store/contract.ts";
import type { HubLogs, LogOption } from "../telemetry/log-option.ts";
import { parseLogOption } from "../telemetry/log-option.ts";
import {
  codecOption,
  codeVersionOption,
  keysOption,
  millisecondsOption,
  nameOption,
  originOption,
  parseEngine,
  storeOption,
} from "./option-values.ts";

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
   * A call to a function that no live worker has had for so long fails. Default: 30 seconds, and at once while this worker is the only one, which
   * then also refuses to start a function that it lacks. When given it always holds, as apps need whose workers have different functions and start
   * one after the other.
   */
  readonly functionNotFoundAfter?: Duration;
  /**
   * A start, event or command that the store has not taken by then is answered with STORE_UNAVAILABLE: withdrawn (it will never be done) or, where an
   * answer was lost, of unknown outcome. Default 15 seconds.
   */
  readonly acceptTimeout?: Duration;
  /** While the store is away, opening and starting are tried again for so long. Default 30 seconds; a wrong password or a missing right fails at once. */
  readonly storeTimeout?: Duration;
  /** A close waits this long for running activities, whose signals fire at its beginning, and is over at most 5 seconds later. Default 10 seconds. */
  readonly drainTimeout?: Duration;
  /**
   * By which this code is told from other code with the same functions: what was convicted of ending its process is tried again by a worker with another
   * version (docs/reliability.md). Default: a hash of the source text of the functions, which does not see what they import: give a build number or
   * commit where there is one.
   */
  readonly codeVersion?: string;
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
  /** Null: told by the functions. */
  readonly codeVersion: string | null;
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
  acceptTimeout: true,
  storeTimeout: true,
  codeVersion: true,
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
  const given = parseOptions(options, Object.keys(KNOWN), WHERE);
  const { functions = [] } = options;
  if (!Array.isArray(functions)) throw fault("OPTION_INVALID", WHERE, "functions", functions, "a list of functions");
  const registry = new FunctionRegistry(functions);
  return {
    registry,
    name: optional(given, "name", WHERE, nameOption) ?? "PerdureHub",
    maxPayloadBytes: optional(given, "maxPayloadBytes", WHERE, countOption) ?? DEFAULT_MAX_PAYLOAD_BYTES,
    maxJsonDepth: optional(given, "maxJsonDepth", WHERE, countOption) ?? DEFAULT_MAX_JSON_DEPTH,
    codec: optional(given, "codec", WHERE, codecOption) ?? jsonCodec,
    ...parseLogOption(WHERE, options.log),
    publicOrigin: optional(given, "publicOrigin", WHERE, originOption) ?? "http://localhost:7071",
    keys: optional(given, "keys", WHERE, keysOption) ?? [],
    forwardedHost: optional(given, "forwardedHost", WHERE, booleanOption) ?? false,
    store: optional(given, "store", WHERE, storeOption) ?? null,
    commitDelayMs: optional(given, "commitDelayMs", WHERE, millisecondsOption),
    codeVersion: optional(given, "codeVersion", WHERE, codeVersionOption) ?? null,
    engine: engineOf(registry, given),
  };
}

function engineOf(registry: FunctionRegistry, given: Options): Partial<WorkerSettings> {
  const retentionMs = optional(given, "retention", WHERE, durationOption);
  const maxConcurrentActivities = optional(given, "maxConcurrentActivities", WHERE, countOption);
  const notFoundMs = optional(given, "functionNotFoundAfter", WHERE, durationOption);
  const joinMs = optional(given, "storeTimeout", WHERE, durationOption);
  const acceptMs = optional(given, "acceptTimeout", WHERE, durationOption);
  const drainMs = optional(given, "drainTimeout", WHERE, durationOption);
  return {
    ...(retentionMs === undefined ? {} : { retentionMs }),
    ...(maxConcurrentActivities === undefined ? {} : { maxConcurrentActivities }),
    ...(notFoundMs === undefined ? {} : { functionNotFoundAfterMs: notFoundMs, functionNotFoundAloneMs: notFoundMs }),
    ...(drainMs === undefined ? {} : { drainMs }),
    ...(acceptMs === undefined ? {} : { acceptMs }),
    ...(joinMs === undefined ? {} : { joinMs }),
    activityLimits: limitsOf(registry, given.activityLimits),
    ...parseEngine(given.engine, `${WHERE} engine`),
  };
}

/** Those of the definitions, and over them those of the hub: each must be of an activity that is here. */
function limitsOf(registry: FunctionRegistry, given: unknown): { readonly [activity: string]: number } {
  const limits: { [activity: string]: number } = { ...registry.activityLimits };
  if (given === undefined) return limits;
  if (typeof given !== "object" || given === null) throw fault("OPTION_INVALID", WHERE, "activityLimits", given, "an object of numbers");
  for (const [name, limit] of Object.entries(given)) {
    const activity = registry.find("activity", name);
    if (activity === null) throw fault("OPTION_UNKNOWN", `${WHERE} activityLimits`, name, registry.names.activity);
    limits[activity.name] = countOption(limit, WHERE, `activityLimits.${activity.name}`);
  }
  return limits;
}
