import { DEFAULT_WORKER_SETTINGS } from "../engine/options.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import type { Executor } from "../model/executor.ts";
import type { Store } from "../store/contract.ts";
import type { TaskHubOptions } from "../task-hub/options.ts";
import type { RetentionOptions } from "../task-hub/retention-option.ts";
import type { TracesOptions } from "../task-hub/traces-option.ts";
import type { LogOptions } from "../telemetry/log-option.ts";
import type { START_OPTIONS } from "./option-specs.ts";
import type { OptionValues } from "./options.ts";
import { DEFAULT_STORE, storeUrl } from "./store-location.ts";

export type StartOptions = OptionValues<typeof START_OPTIONS>;

/** What a hub is given that is not of the command line. */
export interface HubBasics {
  readonly functions: readonly RegisteredFunction[];
  /** Absent: the functions run on this thread. */
  readonly executor?: Executor;
  readonly log: LogOptions;
  readonly publicOrigin: string | (() => string);
  /** Numbers of its worker that settings of the app say. */
  readonly engine: Readonly<Record<string, unknown>>;
  /** Absent: there is no worker in this process. */
  readonly codeVersion?: string;
  /** Absent: none. */
  readonly traces?: TracesOptions;
}

export interface HubSurroundings extends HubBasics {
  readonly store: Store;
}

/** How long the opening of a host's store is tried. */
export const openTimeoutOf = ({ "store-timeout": storeTimeout = DEFAULT_WORKER_SETTINGS.joinMs }: StartOptions): number => storeTimeout;

export const storeOf = (options: StartOptions): string => storeUrl(options.store ?? DEFAULT_STORE);

/** The same in the process that serves HTTP, in each worker process, and in a check, which opens no store. */
export function hubOptions(options: StartOptions, around: HubSurroundings | HubBasics): TaskHubOptions {
  const { key, "no-worker": noWorker, "max-concurrent": maxConcurrent } = options;
  const { "max-owned-instances": maxOwnedInstances, "function-not-found-after": notFoundAfter } = options;
  const { "accept-timeout": acceptTimeout, "drain-timeout": drainTimeout, "store-timeout": storeTimeout } = options;
  const { "default-version": defaultVersion, "version-match-strategy": versionMatchStrategy } = options;
  const { "version-failure-strategy": versionFailureStrategy } = options;
  return {
    ...around,
    keys: key === undefined ? [] : [key],
    forwardedHost: options["forwarded-host"] ?? false,
    metrics: options.metrics ?? options["metrics-address"] !== undefined,
    ...(options["task-hub"] === undefined ? {} : { name: options["task-hub"] }),
    ...retentionOf(options),
    // Only a worker has the functions that it names.
    ...(maxConcurrent === undefined || noWorker === true ? {} : { maxConcurrent }),
    ...(maxOwnedInstances === undefined ? {} : { maxOwnedInstances }),
    ...(acceptTimeout === undefined ? {} : { acceptTimeout: { milliseconds: acceptTimeout } }),
    ...(storeTimeout === undefined ? {} : { storeTimeout: { milliseconds: storeTimeout } }),
    ...(drainTimeout === undefined ? {} : { drainTimeout: { milliseconds: drainTimeout } }),
    ...(options["max-payload-bytes"] === undefined ? {} : { maxPayloadBytes: options["max-payload-bytes"] }),
    ...(options["max-json-depth"] === undefined ? {} : { maxJsonDepth: options["max-json-depth"] }),
    ...(defaultVersion === undefined || defaultVersion === null ? {} : { defaultVersion }),
    ...(versionMatchStrategy === undefined ? {} : { versionMatchStrategy }),
    ...(versionFailureStrategy === undefined ? {} : { versionFailureStrategy }),
    ...(notFoundAfter === undefined ? {} : { functionNotFoundAfter: { milliseconds: notFoundAfter } }),
  };
}

export function retentionOf({ retention, "audit-retention": audit }: StartOptions): { readonly retention?: RetentionOptions } {
  if (audit === undefined) return retention === undefined ? {} : { retention };
  return { retention: { ...retention, audit } };
}
