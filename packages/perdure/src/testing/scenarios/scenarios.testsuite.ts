import assert from "node:assert/strict";
import test from "node:test";
import type { ScenarioOptions } from "../simulation/systematic.ts";
import { runScenario } from "../simulation/systematic.ts";
import { SCENARIOS } from "./all-scenarios.ts";

/** All scenarios with what must make no difference. */
export function testScenarios(variants: { readonly [variant: string]: ScenarioOptions }): void {
  for (const [variant, options] of Object.entries(variants)) {
    test(`all scenarios: ${variant}`, async () => {
      let duplicates = 0;
      for (const scenario of SCENARIOS) {
        const result = await runScenario(scenario, options);
        assert.deepEqual(result.problems, [], scenario.name);
        duplicates += result.duplicates;
      }
      if (options.twice === true) assert.ok(duplicates > SCENARIOS.length, `only ${duplicates} deliveries were made twice`);
      else assert.equal(duplicates, 0);
    });
  }
}
