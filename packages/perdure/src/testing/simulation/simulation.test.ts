import assert from "node:assert/strict";
import test from "node:test";
import { PLANTS } from "../plants/all-plants.ts";
import { plantProblem } from "../plants/apply-plant.ts";
import { SCENARIOS } from "../scenarios/all-scenarios.ts";
import { CLUSTER_FEATURES, FEATURES } from "../scenarios/scenario.ts";
import { SYSTEMATIC_BOUNDARIES } from "./boundaries.ts";
import { runSeed } from "./random-run.ts";
import { runScenario } from "./systematic.ts";

test("one seed is one run: the same things happen at the same times", async () => {
  const runOnce = async () => {
    const lines: string[] = [];
    const result = await runSeed(17, { store: "memory", trace: (line) => lines.push(line) });
    return { lines, faults: [...result.faults], replayed: result.replayed, problems: result.problems };
  };
  const first = await runOnce();
  assert.deepEqual(await runOnce(), first);
  assert.ok(first.lines.length > 500 && first.replayed > 20, "next to nothing happened");
});

test("every plant still fits the source it goes into", () => {
  assert.ok(PLANTS.length >= 12);
  assert.deepEqual(
    PLANTS.map(plantProblem).filter((problem) => problem !== null),
    [],
  );
});

test("the scenarios cover every feature, and each has its number of boundaries", () => {
  const covered = new Set([...SCENARIOS.flatMap((scenario) => scenario.features), ...CLUSTER_FEATURES]);
  assert.deepEqual(
    FEATURES.filter((feature) => !covered.has(feature)),
    [],
  );
  assert.deepEqual(SCENARIOS.map(({ name }) => name).sort(), Object.keys(SYSTEMATIC_BOUNDARIES).sort());
});

test("a scenario whose result is wrong is a problem, and so is one that never ends", async () => {
  const [sequence] = SCENARIOS;
  assert.ok(sequence !== undefined);
  const wrong = await runScenario({ ...sequence, drive: () => Promise.reject(new Error("not this")) }, { store: "memory" });
  assert.deepEqual(wrong.problems, ["result: not this"]);
  const endless = await runScenario({ ...sequence, drive: () => new Promise(() => {}) }, { store: "memory" });
  assert.match(endless.problems[0] ?? "", /^liveness/);
});
