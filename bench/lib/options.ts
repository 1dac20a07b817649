import { parseArgs } from "node:util";
import type { Scenario } from "./scenario.ts";
import type { StoreChoice, StoreName } from "./store-choice.ts";

export interface BenchOptions extends StoreChoice {
  readonly scenario: Scenario;
  readonly json: boolean;
  readonly peers: boolean;
  readonly commitDelayMs: number;
  readonly levels: readonly number[];
  readonly runs: number;
  /** Null: what the scenario takes by itself. */
  readonly durationSeconds: number | null;
}

/** The command line is wrong; the text says how and what would be right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const OPTIONS = {
  store: { type: "string" },
  json: { type: "boolean", default: false },
  peers: { type: "boolean", default: false },
  "commit-delay": { type: "string", default: "0" },
  "in-flight": { type: "string" },
  runs: { type: "string" },
  duration: { type: "string" },
} as const;

export const USAGE =
  "npm run bench -- <scenario> [--store sqlite|memory|postgres] [--json] [--peers] [--commit-delay MS] [--in-flight N] [--runs N] [--duration S]";

export function parseOptions(args: readonly string[], scenarios: readonly Scenario[]): BenchOptions {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(OPTIONS, token.name)) {
      throw new UsageError(
        `bench has no option "${token.rawName}". Known ones: ${Object.keys(OPTIONS)
          .map((name) => `--${name}`)
          .join(", ")}.`,
      );
    }
    const wantsValue = OPTIONS[token.name as keyof typeof OPTIONS].type === "string";
    if (wantsValue && token.value === undefined) throw new UsageError(`option "${token.rawName}" needs a value: ${USAGE}`);
    if (!wantsValue && token.value !== undefined)
      throw new UsageError(`option "${token.rawName}" takes no value, but got "${token.value}".`);
  }
  const scenario = chooseScenario(positionals, scenarios);
  const options: BenchOptions = {
    scenario,
    ...chooseStore(values.store, scenario),
    json: values.json === true,
    peers: values.peers === true,
    commitDelayMs: number("--commit-delay", values["commit-delay"], { least: 0, whole: false }),
    levels: values["in-flight"] === undefined ? scenario.levels : [number("--in-flight", values["in-flight"], { least: 1, whole: true })],
    runs: values.runs === undefined ? scenario.defaultRuns : number("--runs", values.runs, { least: 1, whole: true }),
    durationSeconds: values.duration === undefined ? null : number("--duration", values.duration, { least: 0.1, whole: false }),
  };
  refuseWhatDoesNotApply(options, values["in-flight"] !== undefined);
  return options;
}

function chooseScenario(positionals: readonly string[], scenarios: readonly Scenario[]): Scenario {
  const names = scenarios.map(({ name }) => name).join(", ");
  const [name, ...rest] = positionals;
  if (name === undefined) throw new UsageError(`Which scenario? One of: ${names}.\n  ${USAGE}`);
  if (rest.length > 0)
    throw new UsageError(`One scenario at a time; there is more than "${name}": ${rest.map((word) => `"${word}"`).join(", ")}.`);
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new UsageError(`There is no scenario "${name}". Known ones: ${names}.`);
  return found;
}

function refuseWhatDoesNotApply(options: BenchOptions, inFlightGiven: boolean): void {
  const { scenario } = options;
  if (!scenario.stores.includes(options.store)) {
    throw new UsageError(`${scenario.name} runs on ${scenario.stores.join(" and ")}; "--store ${options.store}" does not apply.`);
  }
  if (options.durationSeconds !== null && scenario.durationMeans === null) {
    throw new UsageError(`${scenario.name} does a fixed amount of work, so "--duration" does not apply; leave it out.`);
  }
  if (inFlightGiven && scenario.levelMeans === null) {
    throw new UsageError(`${scenario.name} has one level only, so "--in-flight" does not apply; leave it out.`);
  }
  if (options.commitDelayMs > 0 && options.store === "memory") {
    throw new UsageError(`"--commit-delay" delays commits on their way to the disk; "--store memory" has none. Leave one of them out.`);
  }
  if (options.commitDelayMs > 0 && !scenario.canDelayCommits) {
    throw new UsageError(`${scenario.name} does not take "--commit-delay"; leave it out.`);
  }
}

const STORE_NAMES: readonly StoreName[] = ["sqlite", "memory", "postgres"];

/** SQLite when the scenario runs on it and no option says otherwise. */
function chooseStore(value: unknown, scenario: Scenario): StoreChoice {
  if (value === undefined)
    return { store: scenario.stores.find((name) => name === "sqlite") ?? scenario.stores[0] ?? "sqlite", serverUrl: null };
  if (typeof value === "string" && /^postgres(?:ql)?:\/\//.test(value)) {
    if (!URL.canParse(value) || new URL(value).hostname === "")
      throw new UsageError('option "--store" is not a URL of a PostgreSQL server: postgres://user:password@host:port/database.');
    return { store: "postgres", serverUrl: value };
  }
  const store = STORE_NAMES.find((name) => name === value);
  if (store === undefined)
    throw new UsageError(`option "--store" is "${String(value)}"; expected ${STORE_NAMES.join(", ")} or the URL of a PostgreSQL server.`);
  return { store, serverUrl: null };
}

function number(option: string, value: unknown, rule: { readonly least: number; readonly whole: boolean }): number {
  const parsed = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  if (!Number.isFinite(parsed) || parsed < rule.least || (rule.whole && !Number.isInteger(parsed))) {
    throw new UsageError(
      `option "${option}" is "${String(value)}"; expected a ${rule.whole ? "whole " : ""}number of at least ${rule.least}.`,
    );
  }
  return parsed;
}
