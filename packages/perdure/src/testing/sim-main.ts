import { parseArgs } from "node:util";
import { plantMode, randomMode, systematicMode } from "./simulation/modes.ts";
import { runSeed } from "./simulation/random-run.ts";
import type { StoreKind } from "./simulation/world.ts";

const USAGE = `npm run sim -- [--seeds N] [--from S] [--jobs J] [--store memory|sqlite]   clusters by seed (default 500 seeds from 1, 2 processes)
npm run sim -- --seeds 1 --from S --trace        everything that happens in one seed
npm run sim -- --recovery [--seeds N] [--from S]  instances that end their processes, among bystanders
npm run sim -- --systematic                      a crash at every effect boundary of every scenario
npm run sim -- --plant [--only NAME] [--record]  planted faults: each must be found within 1,000 seeds
npm run sim -- --gate | --gate-full              what npm test and npm run check:full run`;

/** `npm run sim`. Gives the exit code. */
export async function simMain(args: readonly string[], print: (line: string) => void): Promise<number> {
  let options: SimOptions;
  try {
    options = optionsOf(args);
  } catch (error) {
    print(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  return (await run(options, print)) ? 0 : 1;
}

interface SimOptions {
  readonly mode: "random" | "recovery" | "trace" | "systematic" | "plant" | "gate" | "gate-full";
  readonly seeds: number;
  readonly from: number;
  readonly jobs: number;
  readonly store: StoreKind;
  readonly only: string | null;
  readonly record: boolean;
}

function optionsOf(args: readonly string[]): SimOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "500" },
      from: { type: "string", default: "1" },
      jobs: { type: "string", default: "2" },
      store: { type: "string", default: "memory" },
      only: { type: "string" },
      record: { type: "boolean", default: false },
      trace: { type: "boolean", default: false },
      recovery: { type: "boolean", default: false },
      systematic: { type: "boolean", default: false },
      plant: { type: "boolean", default: false },
      gate: { type: "boolean", default: false },
      "gate-full": { type: "boolean", default: false },
    },
  });
  const { store } = values;
  if (store !== "memory" && store !== "sqlite") throw new Error(`--store is "${store}"; expected memory or sqlite`);
  const mode = values["gate-full"]
    ? "gate-full"
    : values.gate
      ? "gate"
      : values.plant
        ? "plant"
        : values.systematic
          ? "systematic"
          : values.recovery
            ? "recovery"
            : values.trace
              ? "trace"
              : "random";
  const count = (name: "seeds" | "from" | "jobs") => wholeNumber(name, values[name]);
  return { mode, seeds: count("seeds"), from: count("from"), jobs: count("jobs"), store, only: values.only ?? null, record: values.record };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is "${text}"; expected a whole number from 1 on`);
  return value;
}

async function run(options: SimOptions, print: (line: string) => void): Promise<boolean> {
  const { mode, jobs, store } = options;
  switch (mode) {
    case "random":
      return randomMode(options, print);
    case "recovery":
      return randomMode({ ...options, run: "recovery" }, print);
    case "systematic":
      return systematicMode(store, print);
    case "plant":
      return plantMode(options, print);
    case "trace":
      return trace(options, print);
    case "gate":
      return all([
        () => systematicMode("memory", print, 5),
        () => randomMode({ from: 1, seeds: 40, jobs: 1, store: "memory" }, print),
        () => randomMode({ from: 1, seeds: 2, jobs: 1, store: "sqlite" }, print),
        () => randomMode({ from: 1, seeds: 4, jobs: 1, store: "memory", run: "recovery" }, print),
        // A process each: the full check looks for all of them.
        () => plantMode({ only: null, jobs: 1, every: 12, record: false }, print),
      ]);
    case "gate-full":
      return all([
        () => systematicMode("memory", print),
        () => systematicMode("sqlite", print),
        () => randomMode({ from: 1, seeds: 20_000, jobs, store: "memory" }, print),
        () => randomMode({ from: 1, seeds: 1_000, jobs, store: "sqlite" }, print),
        () => randomMode({ from: 1, seeds: 3_000, jobs, store: "memory", run: "recovery" }, print),
        () => randomMode({ from: 1, seeds: 100, jobs, store: "sqlite", run: "recovery" }, print),
        () => plantMode({ only: null, jobs, record: false }, print),
      ]);
  }
}

/** All of them run, so that one look shows everything that is wrong. */
async function all(parts: readonly (() => Promise<boolean>)[]): Promise<boolean> {
  let good = true;
  for (const part of parts) good = (await part()) && good;
  return good;
}

async function trace(options: SimOptions, print: (line: string) => void): Promise<boolean> {
  const result = await runSeed(options.from, {
    store: options.store,
    trace: print,
    inspect: (dump) => {
      for (const row of dump.instances) if (row.completedAt === null) print(`open: ${JSON.stringify(row)}`);
    },
  });
  for (const problem of result.problems) print(`PROBLEM ${problem}`);
  return result.problems.length === 0;
}
