import assert from "node:assert/strict";
import test from "node:test";
import type { ScenarioOptions } from "../simulation/systematic.ts";
import { runScenario } from "../simulation/systematic.ts";
import { SCENARIOS } from "./all-scenarios.ts";

/** What must make no difference. */
const VARIANTS: { readonly [variant: string]: ScenarioOptions } = {
  "as it is": { store: "memory" },
  "two processes": { store: "memory", nodes: 2 },
  "cursor cache off": { store: "memory", settings: { keepCursors: false } },
  "group commits of one": { store: "memory", settings: { maxEpisodesPerCommit: 1 } },
  "one message an episode": { store: "memory", settings: { maxMessagesPerEpisode: 1 } },
  "every message twice": { store: "memory", twice: true },
  "on a file": { store: "sqlite" },
  "on a file, cursor cache off, every message twice, group commits of one": {
    store: "sqlite",
    settings: { keepCursors: false, maxEpisodesPerCommit: 1 },
    twice: true,
  },
};

for (const [variant, options] of Object.entries(VARIANTS)) {
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
