import { parseArgs } from "node:util";
import { fault } from "../errors/perdure-error.ts";

/** One option of a command. `parse` gives null for a text that is no such value; `expected` then says what would be. */
export interface OptionSpec<T> {
  readonly kind: "text" | "flag";
  /** Stands for the value in the help: `--port PORT`. */
  readonly placeholder: string;
  readonly help: string;
  readonly expected: string;
  /** Also read from the environment: settings of a machine, not of one call. */
  readonly env?: true;
  readonly parse: (text: string) => T | null;
}

export type OptionSpecs = { readonly [name: string]: OptionSpec<unknown> };

export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]?: Specs[Name] extends OptionSpec<infer T> ? T : never;
};

export interface CommandLine<Specs extends OptionSpecs> {
  readonly options: OptionValues<Specs>;
  readonly positionals: readonly string[];
}

const ENV_PREFIX = "PERDURE_";

/** `max-concurrent-activities` is `PERDURE_MAX_CONCURRENT_ACTIVITIES`. */
export const environmentName = (option: string): string => ENV_PREFIX + option.toUpperCase().replaceAll("-", "_");

/**
 * The options of one command: the command line wins over the environment. Nothing is guessed and nothing ignored: an unknown option, a
 * missing value and a value that does not fit are errors that name it.
 */
export function parseCommandLine<Specs extends OptionSpecs>(
  where: string,
  specs: Specs,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): CommandLine<Specs> {
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const text = spec.env === true ? env[environmentName(name)] : undefined;
    if (text !== undefined && text !== "") values[name] = parsedValue("The environment", environmentName(name), spec, text);
  }
  const positionals: string[] = [];
  for (const token of tokensOf(specs, args)) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined) throw fault("OPTION_UNKNOWN", where, token.rawName, knownNames(specs));
    values[token.name] = parsedValue(where, token.rawName, spec, textOf(where, token, spec));
  }
  // Safe: each value came from the parser of its own spec.
  return { options: values as OptionValues<Specs>, positionals };
}

interface OptionToken {
  readonly kind: "option";
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}
type Token = OptionToken | { readonly kind: "positional"; readonly value: string } | { readonly kind: "option-terminator" };

function tokensOf(specs: OptionSpecs, args: readonly string[]): readonly Token[] {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, { type: spec.kind === "flag" ? ("boolean" as const) : ("string" as const) }]),
  );
  // Not strict: parseArgs' own errors name neither the command nor the options that exist.
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function textOf(where: string, token: OptionToken, spec: OptionSpec<unknown>): string {
  if (spec.kind === "flag") {
    if (token.value !== undefined) throw fault("OPTION_INVALID", where, token.rawName, token.value, "no value");
    return "true";
  }
  const swallowed = token.value?.startsWith("-") === true && token.inlineValue !== true;
  if (token.value === undefined || swallowed) throw fault("OPTION_INVALID", where, token.rawName, undefined, spec.expected);
  return token.value;
}

function parsedValue(where: string, option: string, spec: OptionSpec<unknown>, text: string): unknown {
  const value = spec.parse(text);
  if (value === null) throw fault("OPTION_INVALID", where, option, text, spec.expected);
  return value;
}

const knownNames = (specs: OptionSpecs) => Object.keys(specs).map((name) => `--${name}`);

/** A misspelled variable would be ignored in silence: every `PERDURE_…` that no command knows is an error. */
export function checkEnvironment(env: NodeJS.ProcessEnv, commands: readonly OptionSpecs[]): void {
  const known = new Set(commands.flatMap((specs) => namesInEnvironment(specs)));
  for (const name of Object.keys(env)) {
    if (name.startsWith(ENV_PREFIX) && !known.has(name)) throw fault("OPTION_UNKNOWN", "The environment", name, [...known].sort());
  }
}

const namesInEnvironment = (specs: OptionSpecs) =>
  Object.entries(specs).flatMap(([name, spec]) => (spec.env === true ? [environmentName(name)] : []));
