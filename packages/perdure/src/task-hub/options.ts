import { httpActivity } from "../durable-http/http-activity.ts";
import type { WorkerSettings } from "../engine/options.ts";
import { fault } from "../errors/perdure-error.ts";
import type { HubHttpOptions } from "../functions/http-calls.ts";
import { parseHubHttp } from "../functions/http-calls.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import type { PublicOrigin } from "../http/http-management.ts";
import type { Duration } from "../model/duration.ts";
import type { Executor } from "../model/executor.ts";
import { DEFAULT_MAX_JSON_DEPTH } from "../model/json-depth.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, countOption, durationOption, optional, parseOptions } from "../model/options.ts";
import type { PayloadCodec } from "../model/payload.ts";
import { jsonCodec } from "../model/payload.ts";
import { checkedVersion } from "../model/start-options.ts";
import type { VersionFailure, VersionMatch } from "../model/versions.ts";
import { VERSION_FAILURES, VERSION_MATCHES } from "../model/versions.ts";
import type { Store } from "../store/contract.ts";
import type { HubLogs, LogOption } from "../telemetry/log-option.ts";
import { parseLogOption } from "../telemetry/log-option.ts";
import type { MaxConcurrent } from "./max-concurrent.ts";
import { maxConcurrentSettings } from "./max-concurrent.ts";
import {
  choiceOption,
  codecOption,
  codeVersionOption,
  keysOption,
  millisecondsOption,
  nameOption,
  originOption,
  parseEngine,
  storeOption,
  timeoutOption,
} from "./option-values.ts";
import type { KeepFor, RetentionOptions } from "./retention-option.ts";
import { parseRetention } from "./retention-option.ts";
import type { TracesOptions } from "./traces-option.ts";
import { tracesOption } from "./traces-option.ts";

export interface TaskHubOptions {
  /** What this process can run, and the client functions that it serves. A pure client needs none. */
  readonly functions?: readonly RegisteredFunction[];
  /** Name of the task hub in management URLs. Default "PerdureHub". */
  readonly name?: string;
  /**
   * Finished instances are purged this long after their end: a duration, or times by status and by orchestrator. Default, and `"forever"`: they are kept. Sub-orchestrations
   * go with their parent, and never before it has ended.
   */
  readonly retention?: KeepFor | RetentionOptions;
  /** Activities that run at once in this process: of all together, or `{ total, each: { NAME: number } }`; more wait in line. Default 1,000. */
  readonly maxConcurrent?: number | MaxConcurrent;
  /** Instances that this process has in memory at once; beyond it, waiting ones leave and new ones are left to others. Default 20,000. */
  readonly maxOwnedInstances?: number;
  /**
   * A call to a function that no live worker has had for this long fails. Default: 30 seconds, and at once while this worker is the only one, which
   * then also refuses to start a function that it lacks. When given it always holds, as apps need whose workers have different functions and start
   * one after the other.
   */
  readonly functionNotFoundAfter?: Duration;
  /**
   * A start, event or command that the store has not taken by then is answered with STORE_UNAVAILABLE: withdrawn (it will never be done) or, where an
   * answer was lost, of unknown outcome. Default 15 seconds.
   */
  readonly acceptTimeout?: Duration;
  /** While the store is away, opening and starting are tried again for this long. Default 30 seconds; a wrong password or a missing right fails at once. */
  readonly storeTimeout?: Duration;
  /** A close waits this long for running activities, whose signals fire at its beginning, and is over at most 5 seconds later. Default 10 seconds. */
  readonly drainTimeout?: Duration;
  /**
   * By which this code is told from other code with the same functions: what was stopped for crashing its process is tried again by a worker with another
   * version (docs/reliability.md). Default: a hash of the source text of the functions, which does not see what they import: give a build number or
   * commit where there is one.
   */
  readonly codeVersion?: string;
  /** Of orchestrators whose definition has no version: recorded with new instances that name none. 1 to 256 characters. Default: none. */
  readonly defaultVersion?: string;
  /**
   * Which instances this process runs, by their version and that of its orchestrator: "None", all; "Strict", those of exactly its version; "CurrentOrOlder",
   * those of its version and of older ones (docs/guides/versions.md). Default "None".
   */
  readonly versionMatchStrategy?: VersionMatch;
  /**
   * What becomes of an instance whose version no live worker takes: "Reject", it waits for one that does; "Fail", it fails with a VersionMismatch, as
   * soon as a call to a missing function would fail (`functionNotFoundAfter`). Default "Reject".
   */
  readonly versionFailureStrategy?: VersionFailure;
  /** Largest input, result, event or output, in bytes of its JSON. Default 32 MiB. */
  readonly maxPayloadBytes?: number;
  /**
   * An execution whose history has as many events (or about as many bytes) gets no further episode: it fails with HISTORY_LIMIT. Default: no limit; at 50,000
   * events or 50 MB the log has a warning. Continue-as-new begins an empty history.
   */
  readonly maxHistoryEvents?: number;
  readonly maxHistoryBytes?: number;
  /**
   * How many nested levels of lists and objects a value may have. Default 1,000. A stored value with more, as another limit may have let in, is
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
  /** What `ctx.callHttp` may reach from this process, and its tokens and secrets (docs/guides/http.md). */
  readonly http?: HubHttpOptions;
  /** Trust X-Forwarded-Host and X-Forwarded-Proto when management URLs are made. Default false. */
  readonly forwardedHost?: boolean;
  /**
   * True: this process counts what it does, and its HTTP handler answers `GET /metrics` in the text format of Prometheus (docs/guides/monitoring.md). Default false:
   * nothing is counted.
   */
  readonly metrics?: boolean;
  /** Traces of orchestrations, to a collector or the app's own OpenTelemetry (docs/guides/tracing.md). Default: none. */
  readonly traces?: TracesOptions;
  /** An open store instead of a URL (tests, other stores). The hub closes it. */
  readonly store?: Store;
  /** @internal Where the functions run; `functions` then says only what they are called. Closed by the hub, after its worker. Default: this thread. */
  readonly executor?: Executor;
  /** @internal For benchmarks: a delay added to every commit, ms. */
  readonly commitDelayMs?: number;
  /** @internal Numbers of the engine, for tests. They are not a promise: any release may rename, change or drop them. */
  readonly engine?: Readonly<Record<string, unknown>>;
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
  /** Null: this thread. */
  readonly executor: Executor | null;
  readonly commitDelayMs: number | undefined;
  /** Null: told by the functions. */
  readonly codeVersion: string | null;
  readonly metrics: boolean;
  /** Null: nothing is traced. */
  readonly traces: TracesOptions | null;
  readonly engine: Partial<WorkerSettings>;
}

const WHERE = "TaskHub.open";
const DEFAULT_MAX_PAYLOAD_BYTES = 32 * 1_024 * 1_024;

/** False: only for our own tests, and not listed in errors. */
const KNOWN: { readonly [Option in keyof Required<TaskHubOptions>]: boolean } = {
  functions: true,
  name: true,
  retention: true,
  maxConcurrent: true,
  maxOwnedInstances: true,
  functionNotFoundAfter: true,
  drainTimeout: true,
  acceptTimeout: true,
  storeTimeout: true,
  codeVersion: true,
  defaultVersion: true,
  versionMatchStrategy: true,
  versionFailureStrategy: true,
  maxPayloadBytes: true,
  maxHistoryEvents: true,
  maxHistoryBytes: true,
  maxJsonDepth: true,
  codec: true,
  log: true,
  publicOrigin: true,
  keys: true,
  forwardedHost: true,
  http: true,
  metrics: true,
  traces: true,
  store: false,
  executor: false,
  commitDelayMs: false,
  engine: false,
};

/** Every option checked, defaults filled in. Throws OPTION_UNKNOWN and OPTION_INVALID, which name the option. */
export function parseHubOptions(options: TaskHubOptions): HubSettings {
  const given = parseHubNames(options);
  const { functions = [] } = options;
  if (!Array.isArray(functions)) throw fault("OPTION_INVALID", WHERE, "functions", functions, "a list of functions");
  const registry = new FunctionRegistry(functions, {
    defaultVersion: optional(given, "defaultVersion", WHERE, checkedVersion) ?? null,
    match: optional(given, "versionMatchStrategy", WHERE, choiceOption(VERSION_MATCHES)) ?? "None",
  });
  const maxPayloadBytes = optional(given, "maxPayloadBytes", WHERE, countOption) ?? DEFAULT_MAX_PAYLOAD_BYTES;
  const ofApp = given.http === undefined ? registry.httpCalls : null;
  const settings = ofApp ?? parseHubHttp(given.http, `${WHERE} http`);
  registry.addBuiltIn("activity", httpActivity({ settings, maxPayloadBytes, now: () => Date.now() }));
  const values = {
    maxJsonDepth: optional(given, "maxJsonDepth", WHERE, countOption) ?? DEFAULT_MAX_JSON_DEPTH,
    codec: optional(given, "codec", WHERE, codecOption) ?? jsonCodec,
  };
  return {
    registry,
    name: optional(given, "name", WHERE, nameOption) ?? "PerdureHub",
    maxPayloadBytes,
    ...values,
    ...parseLogOption(WHERE, options.log),
    publicOrigin: optional(given, "publicOrigin", WHERE, originOption) ?? "http://localhost:7071",
    keys: optional(given, "keys", WHERE, keysOption) ?? [],
    forwardedHost: optional(given, "forwardedHost", WHERE, booleanOption) ?? false,
    store: optional(given, "store", WHERE, storeOption) ?? null,
    executor: options.executor ?? null,
    commitDelayMs: optional(given, "commitDelayMs", WHERE, millisecondsOption),
    codeVersion: optional(given, "codeVersion", WHERE, codeVersionOption) ?? null,
    metrics: optional(given, "metrics", WHERE, booleanOption) ?? false,
    traces: optional(given, "traces", WHERE, tracesOption) ?? null,
    engine: engineOf(registry, given, values),
  };
}

function parseHubNames(options: unknown): Options {
  const isInternal = (option: string) => Object.hasOwn(KNOWN, option) && KNOWN[option as keyof typeof KNOWN] === false;
  const named = Object.keys(KNOWN).filter((option) => !isInternal(option));
  const used = typeof options === "object" && options !== null ? Object.keys(options).filter(isInternal) : [];
  return parseOptions(options, [...named, ...used], WHERE);
}

function engineOf(registry: FunctionRegistry, given: Options, codec: Parameters<typeof parseRetention>[2]): Partial<WorkerSettings> {
  const maxOwnedInstances = optional(given, "maxOwnedInstances", WHERE, countOption);
  const maxHistoryEvents = optional(given, "maxHistoryEvents", WHERE, countOption);
  const maxHistoryBytes = optional(given, "maxHistoryBytes", WHERE, countOption);
  const notFoundMs = optional(given, "functionNotFoundAfter", WHERE, durationOption);
  const joinMs = optional(given, "storeTimeout", WHERE, durationOption);
  const acceptMs = optional(given, "acceptTimeout", WHERE, timeoutOption);
  const drainMs = optional(given, "drainTimeout", WHERE, durationOption);
  const versionFailure = optional(given, "versionFailureStrategy", WHERE, choiceOption(VERSION_FAILURES));
  return {
    ...(versionFailure === undefined ? {} : { versionFailure }),
    ...(given.retention === undefined ? {} : parseRetention(given.retention, WHERE, codec)),
    ...(maxOwnedInstances === undefined ? {} : { maxOwnedInstances }),
    ...(maxHistoryEvents === undefined ? {} : { maxHistoryEvents }),
    ...(maxHistoryBytes === undefined ? {} : { maxHistoryBytes }),
    ...(notFoundMs === undefined ? {} : { functionNotFoundAfterMs: notFoundMs, functionNotFoundAloneMs: notFoundMs }),
    ...(drainMs === undefined ? {} : { drainMs }),
    ...(acceptMs === undefined ? {} : { acceptMs }),
    ...(joinMs === undefined ? {} : { joinMs }),
    ...maxConcurrentSettings(registry, WHERE, given.maxConcurrent),
    ...parseEngine(given.engine, `${WHERE} engine`),
  };
}
