import { fault } from "../errors/perdure-error.ts";
import { DURATION_FORM, durationProblem, parseDuration } from "./duration.ts";
import { parseDate } from "./time.ts";

/** The options of one call, names checked and values not yet. */
export type Options = { readonly [option: string]: unknown };

const NONE: Options = {};

/** Nothing is silently ignored: what is not an object, and an unknown or misspelt option, is an error that names it. */
export function parseOptions(options: unknown, known: readonly string[], where: string): Options {
  if (options === undefined) return NONE;
  if (!isRecord(options)) throw fault("OPTION_INVALID", where, "options", options, "an object of options");
  for (const option of Object.keys(options)) if (!known.includes(option)) throw fault("OPTION_UNKNOWN", where, option, known);
  return options;
}

/** What is in a list, a Map, a promise or a Date is not in fields of it: taken for an object of options, it would be ignored in silence. */
export function isRecord(value: unknown): value is Options {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length > 0 || Object.prototype.toString.call(value) === "[object Object]";
}

/** Milliseconds. `form` says what else would do. */
export function durationOption(value: unknown, where: string, option: string, form: string = DURATION_FORM): number {
  const ms = parseDuration(value);
  if (ms !== null) return ms;
  const problem = durationProblem(value);
  throw fault("OPTION_INVALID", where, option, value, problem === null ? form : `${form} (${problem})`);
}

export function dateOption(value: unknown, where: string, option: string): number {
  const ms = parseDate(value);
  if (ms === null) throw fault("OPTION_INVALID", where, option, value, "a valid Date");
  return ms;
}

export function stringOption(value: unknown, where: string, option: string, form = "a string"): string {
  if (typeof value !== "string") throw fault("OPTION_INVALID", where, option, value, form);
  return value;
}

export function booleanOption(value: unknown, where: string, option: string): boolean {
  if (typeof value !== "boolean") throw fault("OPTION_INVALID", where, option, value, "true or false");
  return value;
}

export function countOption(value: unknown, where: string, option: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1)
    throw fault("OPTION_INVALID", where, option, value, "a whole number, at least 1");
  return value;
}

type Defined<Parts> = { readonly [Part in keyof Parts]?: Exclude<Parts[Part], undefined> };

/** What of it has a value. */
export const definedOf = <Parts extends object>(parts: Parts): Defined<Parts> =>
  // Safe: only entries without a value are left out.
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Defined<Parts>;

/** `parse` unless the option was left out. */
export function optional<Parsed>(
  options: Options,
  option: string,
  where: string,
  parse: (value: unknown, where: string, option: string) => Parsed,
): Parsed | undefined {
  const value = options[option];
  return value === undefined ? undefined : parse(value, where, option);
}
