import type { GuestSetup } from "../../app-threads/guest.ts";
import { isRecord } from "../../model/options.ts";
import type { QueueEncoding } from "../bindings/queue-text.ts";

/** What the guest of an Azure app is told beyond what every guest is: data, which crosses to a thread in {@link GuestSetup.more}. */
export interface AzureGuestSettings {
  readonly isModule: boolean;
  /** Settings of the app, by which `%NAME%` is replaced; the environment of its thread is the same. */
  readonly variables: { readonly [name: string]: string };
  /** Names of functions that settings disable. */
  readonly disabled: readonly string[];
  /** Names of those that are loaded; null: all. */
  readonly only: readonly string[] | null;
  /** Least levels by category, as `logging.logLevel` of host.json has them. */
  readonly logLevels: { readonly [category: string]: string };
  /** Where the library calls the management API without a key; null: it uses the public URLs. */
  readonly rpcBaseUrl: string | null;
  /** Of one invocation of any function but an orchestrator, ms; null: none. */
  readonly functionTimeoutMs: number | null;
  /** False: no orchestrator stays in memory between its episodes. */
  readonly keepsCursors: boolean;
  /** Of one execution of an orchestrator; null: the default. */
  readonly maxActions: number | null;
  /** Pause of `callHttp` between two polls, ms; null: the default. */
  readonly httpPollMs: number | null;
  /** How texts are written in queues of storage. */
  readonly queueEncoding: QueueEncoding;
}

export function azureGuestSettings({ more = {} }: GuestSetup): AzureGuestSettings {
  const { disabled, only, rpcBaseUrl } = more;
  return {
    isModule: more.isModule === true,
    variables: texts(more.variables),
    disabled: Array.isArray(disabled) ? disabled.map(String) : [],
    only: Array.isArray(only) ? only.map(String) : null,
    logLevels: texts(more.logLevels),
    rpcBaseUrl: typeof rpcBaseUrl === "string" ? rpcBaseUrl : null,
    functionTimeoutMs: numberOr(more.functionTimeoutMs),
    keepsCursors: more.keepsCursors !== false,
    maxActions: numberOr(more.maxActions),
    httpPollMs: numberOr(more.httpPollMs),
    queueEncoding: more.queueEncoding === "none" ? "none" : "base64",
  };
}

const numberOr = (value: unknown): number | null => (typeof value === "number" ? value : null);

const texts = (value: unknown): { readonly [name: string]: string } =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)])) : {};
