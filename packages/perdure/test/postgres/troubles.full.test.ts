// `node -C perdure-source packages/perdure/test/postgres/troubles.full.test.ts --times 10 --seed 7` runs it with other numbers.
import { test } from "node:test";
import { parseArgs } from "node:util";
import { OFFERED_VERSIONS } from "../../src/testing/postgres/binaries.ts";
import { runTroubles } from "./run-troubles.ts";
import { shares } from "./shares.ts";
import { freezes, kills, lostAnswers, restarts, terminations } from "./troubles.ts";

const { values } = parseArgs({
  options: { times: { type: "string", default: "1" }, seed: { type: "string", default: "1" } },
  strict: false,
});
const times = Number(values.times);
const seed = Number(values.seed);

const ACTS = {
  "nothing happens": [],
  "a worker is killed and replaced": [{ act: kills, rounds: 20 * times }],
  "a worker is frozen past its lease": [{ act: freezes, rounds: 4 * times }],
  "the server is stopped and started": [{ act: restarts, rounds: 4 * times }],
  "connections are terminated": [{ act: terminations, rounds: 300 * times }],
  "answers are lost": [{ act: lostAnswers, rounds: 100 * times }],
};

// PostgreSQL's own settings: fsync and synchronous_commit are on.
for (const version of OFFERED_VERSIONS) {
  for (const [what, acts] of Object.entries(ACTS)) {
    test(`three workers on PostgreSQL ${version}: ${what} (${times} times, seed ${seed})`, (t) =>
      runTroubles(t, { version, seed, acts, calm: [{ act: shares({ instances: 200, ms: 8 }), rounds: 2 * times }] }));
  }
}
