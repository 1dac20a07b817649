import { fault } from "../errors/perdure-error.ts";
import type { VersionPolicy } from "../functions/orchestrator-table.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import type { Duration } from "../model/duration.ts";
import { dateOption, durationOption, optional, parseOptions } from "../model/options.ts";
import { checkedVersion } from "../model/start-options.ts";
import type { VersionMatch } from "../model/versions.ts";
import { VERSION_MATCHES } from "../model/versions.ts";
import { choiceOption } from "../task-hub/option-values.ts";
import type { LogOption } from "../telemetry/log-option.ts";
import type { FakeHttp } from "./fake-http.ts";

export interface TestHubOptions {
  readonly functions: readonly RegisteredFunction[];
  /** Where its calendar begins. Default 2026-01-01T00:00:00Z. */
  readonly startsAt?: Date;
  /** From which all ids come: the same seed gives the same guids. Default 1. */
  readonly seed?: number;
  /** As of `TaskHub.open`. */
  readonly defaultVersion?: string;
  /** As of `TaskHub.open`. Default "None". */
  readonly versionMatchStrategy?: VersionMatch;
  /** Answers `ctx.callHttp` in place of the network, redirects and polling included. Without it every such call fails. */
  readonly http?: FakeHttp;
  /** As of `TaskHub.open`. Default `false`: nothing is written. */
  readonly log?: LogOption;
}

const WHERE = "createTestHub";
const OPTIONS = ["functions", "startsAt", "seed", "defaultVersion", "versionMatchStrategy", "http", "log"];
const DEFAULT_START = Date.UTC(2026, 0, 1);
const DEFAULT_WITHIN: Duration = "1000d";

export function parseTestHubOptions(given: unknown): {
  readonly startsAt: number;
  readonly seed: number;
  readonly versions: VersionPolicy;
  readonly http: FakeHttp | null;
} {
  const options = parseOptions(given, OPTIONS, WHERE);
  if (!Array.isArray(options.functions)) throw fault("OPTION_INVALID", WHERE, "functions", options.functions, "a list of functions");
  return {
    startsAt: optional(options, "startsAt", WHERE, dateOption) ?? DEFAULT_START,
    seed: optional(options, "seed", WHERE, seedOption) ?? 1,
    http: optional(options, "http", WHERE, fakeHttpOption) ?? null,
    versions: {
      defaultVersion: optional(options, "defaultVersion", WHERE, checkedVersion) ?? null,
      match: optional(options, "versionMatchStrategy", WHERE, choiceOption(VERSION_MATCHES)) ?? "None",
    },
  };
}

function fakeHttpOption(value: unknown, where: string, option: string): FakeHttp {
  if (typeof value !== "function") throw fault("OPTION_INVALID", where, option, value, "a function from a Request to a Response");
  return value as FakeHttp;
}

function seedOption(value: unknown, where: string, option: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw fault("OPTION_INVALID", where, option, value, "a whole number");
  return value;
}

/** How long `hub.result(run, { within })` may let time pass. */
export function parseWithin(run: unknown, given: unknown): number {
  const where = "testHub.result";
  if (typeof run !== "object" || run === null || !("instanceId" in run && "result" in run))
    throw fault("OPTION_INVALID", where, "run", run, "what client.startNew() resolves to");
  return (
    optional(parseOptions(given, ["within"], where), "within", where, durationOption) ?? durationOption(DEFAULT_WITHIN, where, "within")
  );
}
