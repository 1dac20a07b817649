import type { WorkerSettings } from "../engine/options.ts";
import { DEFAULT_WORKER_SETTINGS } from "../engine/options.ts";
import { fault } from "../errors/perdure-error.ts";
import { Withheld } from "../errors/shown.ts";
import type { PublicOrigin } from "../http/http-management.ts";
import { booleanOption, durationOption, parseOptions } from "../model/options.ts";
import type { PayloadCodec } from "../model/payload.ts";
import { VERSION_FAILURES } from "../model/versions.ts";
import type { Store } from "../store/contract.ts";

/** Values of single options of a task hub. */

export function nameOption(value: unknown, where: string, option: string): string {
  if (typeof value !== "string" || value === "") throw fault("OPTION_INVALID", where, option, value, "a string that is not empty");
  return value;
}

export function keysOption(value: unknown, where: string, option: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((key) => typeof key === "string" && key !== ""))
    throw fault("OPTION_INVALID", where, option, new Withheld(value), "a list of strings that are not empty");
  return value;
}

export function originOption(value: unknown, where: string, option: string): PublicOrigin {
  if (typeof value === "string" && URL.canParse(value)) return value;
  if (typeof value === "function") return value as () => string;
  throw fault("OPTION_INVALID", where, option, value, 'an origin such as "https://app.example", or a function that returns one');
}

/** Nothing would ever be taken in time for 0. */
export function timeoutOption(value: unknown, where: string, option: string): number {
  const ms = durationOption(value, where, option);
  if (ms === 0) throw fault("OPTION_INVALID", where, option, value, "a duration above 0");
  return ms;
}

export const choiceOption =
  <Choice extends string>(choices: readonly Choice[]) =>
  (value: unknown, where: string, option: string): Choice => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      throw fault("OPTION_INVALID", where, option, value, `one of ${choices.map((choice) => `"${choice}"`).join(", ")}`);
    return found;
  };

export function codecOption(value: unknown, where: string, option: string): PayloadCodec {
  if (hasMethods(value, ["encode", "decode"])) return value as PayloadCodec;
  throw fault("OPTION_INVALID", where, option, value, "an object with encode and decode");
}

export function storeOption(value: unknown, where: string, option: string): Store {
  if (hasMethods(value, ["start", "getInstance", "close"])) return value as Store;
  throw fault("OPTION_INVALID", where, option, value, "an open store");
}

export function millisecondsOption(value: unknown, where: string, option: string): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0)
    throw fault("OPTION_INVALID", where, option, value, "a number of milliseconds or items, 0 or more");
  return value;
}

/** Numbers of the engine. One that is undefined keeps its default: it must not become NaN. */
export function parseEngine(given: unknown, where: string): Partial<WorkerSettings> {
  const settings: { [option: string]: unknown } = {};
  for (const [option, value] of Object.entries(parseOptions(given, Object.keys(DEFAULT_WORKER_SETTINGS), where))) {
    if (value === undefined) continue;
    if (option === "keepCursors") booleanOption(value, where, option);
    else if (option === "versionFailure") choiceOption(VERSION_FAILURES)(value, where, option);
    else if (option !== "activityLimits" && option !== "retention" && option !== "keepAuditMs") millisecondsOption(value, where, option);
    settings[option] = value;
  }
  return settings;
}

const hasMethods = (value: unknown, methods: readonly string[]): boolean =>
  typeof value === "object" && value !== null && methods.every((method) => typeof Reflect.get(value, method) === "function");

export function codeVersionOption(version: unknown, where: string, option: string): string {
  if (typeof version === "string" && version !== "" && version.isWellFormed() && !version.includes("\u0000")) return version;
  throw fault("OPTION_INVALID", where, option, version, "a string, such as a build number or a commit");
}
