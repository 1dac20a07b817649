import { PLANTS } from "../plants/all-plants.ts";
import { plantProblem } from "../plants/apply-plant.ts";
import type { Plant } from "../plants/plant.ts";
import { recordSeed } from "../plants/record-seed.ts";
import { SCENARIOS } from "../scenarios/all-scenarios.ts";
import { SYSTEMATIC_BOUNDARIES } from "./boundaries.ts";
import type { SeedRun } from "./child.ts";
import { endedAt, failureOfTest, runInChild } from "./child.ts";
import type { Summary } from "./summary.ts";
import { addSummary, emptySummary, summaryText, untried } from "./summary.ts";
import { runSystematic } from "./systematic.ts";
import type { StoreKind } from "./world.ts";

export type Print = (line: string) => void;

/** Seeds given to one process at a time. */
const LOT = 500;
const LOT_LIMIT_MS = 600_000;
const PLANT_SEEDS = 1_000;
const PLANT_LIMIT_MS = 180_000;
/** With fewer seeds than this, a fault or feature that never came up proves nothing: the rarest comes up in one of twelve. */
const ENOUGH_FOR_ALL = 40;
const SHOWN_FAILURES = 10;

export interface RandomOptions {
  readonly from: number;
  readonly seeds: number;
  readonly jobs: number;
  readonly store: StoreKind;
  /** Default: whole clusters. */
  readonly run?: SeedRun;
}

/** True when no seed failed, every seed's weather was bad enough somewhere, and everything was tried. */
export async function randomMode(options: RandomOptions, print: Print): Promise<boolean> {
  const started = performance.now();
  const total = emptySummary();
  await inLots(options, (lot) => {
    addSummary(total, lot);
    for (const { seed, problems } of lot.failures.slice(0, SHOWN_FAILURES)) {
      print(`seed ${seed} failed. Again: npm run sim -- ${again(options)}--seeds 1 --from ${seed} --store ${options.store}`);
      for (const problem of problems.slice(0, SHOWN_FAILURES)) print(`  ${problem}`);
    }
  });
  print(summaryText(total, (performance.now() - started) / 1_000));
  const missing = options.seeds < ENOUGH_FOR_ALL || options.run === "recovery" ? [] : untried(total);
  if (missing.length > 0) print(`never came up: ${missing.join(", ")}`);
  if (total.counting === 0) print("no seed counts: too little happened in each");
  return total.failures.length === 0 && missing.length === 0 && total.counting > 0;
}

/** How a person looks at one of these seeds. */
const again = ({ run }: RandomOptions) => (run === "recovery" ? "--recovery " : "--trace ");

async function inLots(options: RandomOptions, onLot: (lot: Summary) => void): Promise<void> {
  const size = Math.min(LOT, Math.ceil(options.seeds / options.jobs));
  const end = options.from + options.seeds;
  let next = options.from;
  const work = async () => {
    while (next < end) {
      const from = next;
      const seeds = Math.min(size, end - from);
      next += seeds;
      onLot(
        await runInChild(
          { from, seeds, store: options.store, run: options.run ?? "cluster", before: null, plant: null, stopAtFirst: false },
          LOT_LIMIT_MS,
        ),
      );
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
}

/** One process alone, and two of which one dies: a restart and a takeover look different from inside. */
const CLUSTERS = [1, 2] as const;

/** A crash at every effect boundary of every scenario, or at `most` of each. True when all came out as undisturbed, and no scenario lost boundaries. */
export async function systematicMode(store: StoreKind, print: Print, most?: number): Promise<boolean> {
  let good = true;
  for (const scenario of SCENARIOS) {
    const counts: number[] = [];
    for (const nodes of CLUSTERS) {
      const { boundaries, failures } = await runSystematic(scenario, store, nodes, most);
      counts.push(boundaries);
      for (const { boundary, problems } of failures.slice(0, SHOWN_FAILURES)) {
        good = false;
        print(`${scenario.name}, ${nodes} processes, crash at boundary ${boundary}:`);
        for (const problem of problems.slice(0, SHOWN_FAILURES)) print(`  ${problem}`);
      }
    }
    const expected = SYSTEMATIC_BOUNDARIES[scenario.name] ?? [];
    const fell = CLUSTERS.some((_, at) => (counts[at] ?? 0) < (expected[at] ?? Number.POSITIVE_INFINITY));
    if (fell) good = false;
    print(
      `${scenario.name}: boundaries ${counts.join(" and ")}${fell ? `, expected at least ${expected.join(" and ") || "a number in boundaries.ts"}` : ""}`,
    );
  }
  return good;
}

interface Find {
  /** 0 when it was a test. */
  readonly seed: number;
  readonly problem: string;
}

export interface PlantOptions {
  /** Only this plant; null: all. */
  readonly only: string | null;
  readonly jobs: number;
  /** Every so many is looked for; of the others it is only checked that they can still be put in. Default: each. */
  readonly every?: number;
  /** Writes the seeds that found the plants into their files, where these are no longer the recorded ones. */
  readonly record: boolean;
}

/** Each planted fault must be found. True when all were. */
export async function plantMode({ only, jobs, every = 1, record }: PlantOptions, print: Print): Promise<boolean> {
  const chosen = PLANTS.filter((plant) => only === null || plant.name === only);
  if (chosen.length === 0) {
    print(`there is no plant "${only}". Known ones: ${PLANTS.map((plant) => plant.name).join(", ")}`);
    return false;
  }
  let good = true;
  const queue = chosen.map((plant, index) => ({ plant, isHunted: index % every === 0 }));
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { plant, isHunted } = next;
      const began = performance.now();
      const problem = plantProblem(plant);
      if (problem === null && !isHunted) continue;
      const find = problem ?? (await huntPlant(plant));
      if (typeof find === "string") {
        good = false;
        print(`plant "${plant.name}" NOT found: ${find}`);
        continue;
      }
      // The time shows a seed that finds its plant at a high price: a cheaper one does as well.
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      print(`plant "${plant.name}" found in ${seconds} s ${whereFound(plant, find)} ${find.problem.slice(0, 200)}`);
      if (record && find.seed !== 0 && find.seed !== plant.seed) recordSeed(plant, find.seed);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return good;
}

function whereFound(plant: Plant, { seed }: Find): string {
  if (seed === 0) return "by";
  return seed === plant.seed ? `at seed ${seed}:` : `at seed ${seed} (no longer at ${plant.seed}: npm run sim -- --plant --record):`;
}

async function huntPlant(plant: Plant): Promise<string | Find> {
  const { name, seed, run = "cluster", store = "memory", test } = plant;
  if (test !== undefined) return huntByTest(name, test);
  const task = { store, run, plant: name, stopAtFirst: true } as const;
  try {
    const [first] = (await runInChild({ ...task, before: seed, from: 1, seeds: PLANT_SEEDS }, PLANT_LIMIT_MS)).failures;
    if (first !== undefined) return { seed: first.seed, problem: first.problems[0] ?? "" };
    return `${PLANT_SEEDS} seeds passed with it`;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const assertion = OWN_ASSERTION.exec(text);
    return assertion === null ? text : { seed: endedAt(text) ?? seed, problem: `the process ended: ${assertion[0]}` };
  }
}

async function huntByTest(name: string, test: string): Promise<string | Find> {
  const failure = await failureOfTest(name, test, PLANT_LIMIT_MS);
  return failure === null ? `${test} passed with it` : { seed: 0, problem: `${test}: ${failure}` };
}

/** What the product itself refuses to do, whatever asks for it: a phase that does not follow another. It ends the process, and so is a find. */
const OWN_ASSERTION = /Error: instance "[^"\n]*" is \w+, and cannot become \w+/;
