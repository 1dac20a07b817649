// The process that `child.ts` starts. The planted fault goes in first; only then is anything loaded that it could be in.

import { PLANTS } from "../plants/all-plants.ts";
import { applyPlant } from "../plants/apply-plant.ts";
import type { ChildTask } from "./child.ts";
import { endedInSeed } from "./child.ts";

const task = JSON.parse(process.argv[2] ?? "{}") as ChildTask;
const plant = PLANTS.find((one) => one.name === task.plant);
if (plant !== undefined) applyPlant(plant);

const { onDefect } = await import("../../process/defects.ts");
const { runSeed } = await import("./random-run.ts");
const { runRecovery } = await import("./recovery-run.ts");
const { addResult, emptySummary } = await import("./summary.ts");
const defects: string[] = [];
const isDefect = (error: unknown) => defects.push(`defect: ${error instanceof Error ? error.message : String(error)}`) > 0;
onDefect(isDefect);
process.on("unhandledRejection", isDefect);
let running = 0;
process.on("uncaughtExceptionMonitor", () => process.stderr.write(`${endedInSeed(running)}\n`));
const summary = emptySummary();
for (const seed of seedsOf(task)) {
  running = seed;
  const { store } = task;
  // Traced calls take other turns: planted faults, which are not of traces, would be found by other seeds.
  const isTraced = plant === undefined;
  const result = await (task.run === "recovery" ? runRecovery(seed, { store }) : runSeed(seed, { store, isTraced }));
  addResult(summary, { ...result, problems: [...defects.splice(0), ...result.problems] });
  if (task.stopAtFirst && summary.failures.length > 0) break;
}
process.stdout.write(JSON.stringify(summary));

function* seedsOf({ before, from, seeds }: ChildTask): Generator<number> {
  if (before !== null) yield before;
  for (let seed = from; seed < from + seeds; seed++) if (seed !== before) yield seed;
}
