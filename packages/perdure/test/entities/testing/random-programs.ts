import assert from "node:assert/strict";
import { Random } from "../../../src/testing/random.ts";
import { SCENARIOS } from "../../../src/testing/scenarios/all-scenarios.ts";
import { runScenario } from "../../../src/testing/simulation/systematic.ts";
import type { StoreKind } from "../../../src/testing/simulation/world.ts";

/**
 * Each program undisturbed, then with a crash at a boundary of chance and, in turn, with every message twice, on one to three processes: it must come to what the plain
 * interpreter says, and break no invariant.
 */
export async function runPrograms(from: number, count: number, store: StoreKind = "memory"): Promise<void> {
  const scenario = SCENARIOS.find(({ name }) => name === "program");
  assert.ok(scenario !== undefined);
  for (let seed = from; seed < from + count; seed += 1) {
    const random = new Random(seed);
    const id = `p${seed}`;
    const nodes = random.between(1, 3);
    const calm = await runScenario(scenario, { store, nodes, id });
    assert.deepEqual(calm.problems, [], `program ${seed}, undisturbed`);
    const crashAt = random.between(1, calm.boundaries);
    const { problems } = await runScenario(scenario, { store, nodes, id, crashAt, twice: seed % 2 === 0 });
    // With repeated deliveries it may cross fewer boundaries.
    const wrong = problems.filter((problem) => problem !== "the boundary was not reached");
    assert.deepEqual(wrong, [], `program ${seed} on ${nodes} processes, crash at boundary ${crashAt}`);
  }
}
