import { parseArgs } from "node:util";
import { fault } from "../errors/perdure-error.ts";
import { NO_VALUE } from "../errors/sentences.ts";
import { isOfKubernetes } from "./kubernetes-environment.ts";

/** One option of a command. `parse` gives null for a string that is not such a value; `expected` then says what would be. */
export interface OptionSpec<T> {
  readonly kind: "text" | "flag";
  /** Stands for the value in the help: `--port PORT`. */
  readonly placeholder: string;
  readonly help: string;
  readonly expected: string;
  /** Also read from the environment: settings of a machine, not of one call. */
  readonly env?: true;
  /** Given twice it is refused: of two filters, none is to be dropped in silence. */
  readonly once?: true;
  readonly parse: (text: string) => T | null;
}

export type OptionSpecs = { readonly [name: string]: OptionSpec<unknown> };

export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]?: Specs[Name] extends OptionSpec<infer T> ? T : never;
};

export interface CommandLine<Specs extends OptionSpecs> {
  readonly options: OptionValues<Specs>;
  readonly positionals: readonly string[];
  /** Names of the options that stood on the command line; the others came from the environment. */
  readonly given: ReadonlySet<string>;
}

const ENV_PREFIX = "PERDURE_";

/** `max-concurrent` is `PERDURE_MAX_CONCURRENT`. */
export const environmentName = (option: string): string => ENV_PREFIX + option.toUpperCase().replaceAll("-", "_");

/**
 * The options of one command: the command line wins over the environment, also over a value there that is none. Nothing is guessed and nothing ignored: an unknown option, a
 * missing value and a value that does not fit are errors that name it.
 */
export function parseCommandLine<Specs extends OptionSpecs>(
  where: string,
  specs: Specs,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): CommandLine<Specs> {
  const values: Record<string, unknown> = {};
  const positionals: string[] = [];
  for (const token of tokensOf(specs, args)) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined) throw fault("OPTION_UNKNOWN", where, token.rawName, knownNames(specs));
    if (spec.once === true && Object.hasOwn(values, token.name)) {
      throw fault("OPTION_INVALID", where, token.rawName, token.value, `it once: ${spec.expected}`);
    }
    values[token.name] = parsedValue(where, token.rawName, spec, textOf(where, token, spec));
  }
  const given = new Set(Object.keys(values));
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.env !== true || given.has(name)) continue;
    const variable = environmentName(name);
    const text = env[variable] ?? "";
    if (text !== "" && !isOfKubernetes(variable, text)) values[name] = parsedValue("The environment", variable, spec, text);
  }
  // Safe: each value came from the parser of its own spec.
  return { options: values as OptionValues<Specs>, positionals, given };
}

/** Of two options that exclude each other, the one on the command line wins over the one in the environment. */
export function withoutRival<Specs extends OptionSpecs>(
  { options, given }: CommandLine<Specs>,
  one: keyof Specs & string,
  other: keyof Specs & string,
): OptionValues<Specs> {
  if (given.has(one) === given.has(other)) return options;
  const [winner, loser] = given.has(one) ? [one, other] : [other, one];
  if (options[winner] === false) return options;
  // Safe: every option may be absent.
  return Object.fromEntries(Object.entries(options).filter(([name]) => name !== loser)) as OptionValues<Specs>;
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
    return token.value ?? "true"; // only `--flag=false` takes back what the environment sets
  }
  const swallowed = token.value?.startsWith("-") === true && token.inlineValue !== true;
  const advice = swallowed ? `; a value that begins with a dash is given as ${token.rawName}=${token.value}` : "";
  if (token.value === undefined || swallowed) throw fault("OPTION_INVALID", where, token.rawName, NO_VALUE, `${spec.expected}${advice}`);
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
    if (!name.startsWith(ENV_PREFIX) || known.has(name) || isOfKubernetes(name, env[name] ?? "")) continue;
    throw fault("OPTION_UNKNOWN", "Perdure", name, [...known].sort());
  }
}

const namesInEnvironment = (specs: OptionSpecs) =>
  Object.entries(specs).flatMap(([name, spec]) => (spec.env === true ? [environmentName(name)] : []));
