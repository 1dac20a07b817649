// The gate: `npm test` and `npm run check` run it as it stands, `npm run check:full` with --full. Everything a change must pass is here.
import { existsSync } from "node:fs";
import { dismissKeeper } from "../packages/perdure/src/testing/postgres/shared-server.ts";
import { buildForTests } from "./lib/build-package.ts";
import { shareCompiledCode } from "./lib/compile-cache.ts";
import { ROOT } from "./lib/paths.ts";
import { endGroupsAtSignals } from "./lib/run.ts";
import type { Step } from "./lib/steps.ts";
import { commandStep, runLane, skippedStep, summarise } from "./lib/steps.ts";
import { useFastTempFolder } from "./lib/temp-folder.ts";
import { fullTests, gateTests } from "./lib/test-files.ts";

const full = process.argv.includes("--full");

/** Files at a time: two cores, and files that wait for processes and servers much of their time. Biome, tsc and the simulator take turns beside the first. */
const AT_A_TIME = { tests: 3, "wide tests": 3, "long tests": 1 } as const;

/** Seconds. Far more than they take: so that a process which does not end is a failure, and not a gate that never ends. */
const LIMITS = { tests: 1_800, "wide tests": 1_800, "long tests": 7_200 } as const;

function testStep(name: keyof typeof LIMITS, files: readonly string[]): Step {
  if (files.length === 0) return skippedStep(name, "there is no such file");
  return commandStep(name, ["scripts/lib/run-tests.ts", `${AT_A_TIME[name]}`, `${LIMITS[name]}`, ...files], true);
}

function simulatorStep(): Step {
  const name = "simulator";
  if (!existsSync(`${ROOT}/scripts/sim.ts`)) return skippedStep(name, "scripts/sim.ts does not exist");
  return commandStep(name, ["scripts/sim.ts", full ? "--gate-full" : "--gate"]);
}

const started = performance.now();
const removeTempFolder = useFastTempFolder();
const cleanUp = async (): Promise<void> => {
  await dismissKeeper();
  removeTempFolder();
};
endGroupsAtSignals(cleanUp);
await Promise.all([shareCompiledCode(), buildForTests()]);
if (!full) {
  process.env.TESTS_POSTGRES_VERSIONS ??= "newest";
  process.env.TESTS_IN_TURN ??= "1";
}

const cheap: Step[] = [
  commandStep("format and lint", ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "--diagnostic-level=warn"]),
  commandStep("types", ["scripts/types.ts"]),
];
const beside = [...cheap, simulatorStep()];
const outcomes = (await Promise.all([runLane(beside), runLane([testStep("tests", gateTests())])])).flat();
// Not beside the simulator either, which has both cores in a full check.
if (full) {
  const { wide, long } = fullTests();
  outcomes.push(...(await runLane([testStep("wide tests", wide), testStep("long tests", long)])));
}
await cleanUp();
const passed = summarise(outcomes, performance.now() - started);
process.exitCode = passed ? 0 : 1;
