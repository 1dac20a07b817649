import type { StoreClient } from "../client/types.ts";
import { fault } from "../errors/perdure-error.ts";
import { Withheld } from "../errors/shown.ts";
import type { ScheduleClient } from "../functions/schedule-client.ts";
import type { HttpFunctionDefinition } from "../http/http-function.ts";
import { isPlainPath } from "../http/paths.ts";
import type { HttpDefaults } from "../http/served-hub.ts";
import { optional, parseOptions, stringOption } from "../model/options.ts";
import type { StoreCapabilities } from "../store/contract.ts";
import type { ConsolePayloads } from "./shown-payloads.ts";

/** What `createConsole` takes: a `TaskHub`. What it needs of one beyond this is not a promise, and no part of the published types. */
export interface ConsoledHub {
  readonly name: string;
  readonly store: StoreCapabilities;
  readonly isClosing: boolean;
  /** @internal */
  readonly hubClient: StoreClient;
  /** @internal */
  readonly schedules: ScheduleClient;
  /** @internal */
  readonly httpDefaults: HttpDefaults;
  /** @internal */
  readonly registry: { readonly http: readonly Pick<HttpFunctionDefinition<never>, "name" | "methods" | "route">[] };
  /** @internal */
  readonly now: number;
}

export interface ConsoleOptions {
  /** Default "/console". */
  readonly path?: string;
  /** They open everything. None: a caller that reaches this host may do everything. Default: those of the hub. */
  readonly keys?: readonly string[];
  /** They open reading, and nothing else. */
  readonly readKeys?: readonly string[];
  /** What is shown of inputs, outputs and events. Default "show". */
  readonly payloads?: ConsolePayloads;
  /** Shown in the page. */
  readonly version?: string;
}

export const CREATE_CONSOLE = "createConsole";
export const DEFAULT_PATH = "/console";
const KNOWN: { readonly [Option in keyof Required<ConsoleOptions>]: true } = {
  path: true,
  keys: true,
  readKeys: true,
  payloads: true,
  version: true,
};

/** Names and types; keys and payloads are looked at where they are used. */
export function checkConsoleOptions(options: ConsoleOptions): void {
  const given = parseOptions(options, Object.keys(KNOWN), CREATE_CONSOLE);
  const path = optional(given, "path", CREATE_CONSOLE, stringOption);
  if (path !== undefined && !isPlainPath(path)) throw fault("OPTION_INVALID", CREATE_CONSOLE, "path", path, 'a path such as "/console"');
  optional(given, "version", CREATE_CONSOLE, stringOption);
}

/** A key that only reads must not be one that does everything, and without those there is nothing that it keeps closed. */
export function checkKeys(keys: readonly string[], readKeys: readonly string[]): void {
  checkKeyList("keys", keys);
  checkKeyList("readKeys", readKeys);
  if (readKeys.some((key) => keys.includes(key)))
    throw fault("OPTION_INVALID", CREATE_CONSOLE, "readKeys", new Withheld(readKeys), "other keys than those that open everything");
  if (readKeys.length > 0 && keys.length === 0)
    throw fault(
      "OPTION_INVALID",
      CREATE_CONSOLE,
      "readKeys",
      new Withheld(readKeys),
      "none without keys: then each caller may do everything",
    );
}

function checkKeyList(option: string, keys: unknown): void {
  if (Array.isArray(keys) && keys.every((key) => typeof key === "string" && key.trim() !== "")) return;
  throw fault("OPTION_INVALID", CREATE_CONSOLE, option, new Withheld(keys), "a list of keys that are not empty");
}
