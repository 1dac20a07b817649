import { test } from "node:test";
import { runPrograms } from "./programs.testsuite.ts";
import { RELEASES } from "./testing/releases.ts";

const SEEDS = 60;

for (const release of RELEASES) {
  test(`${release}: ${SEEDS} seeds of programs end the same whatever goes wrong`, async () => {
    for (let seed = 100; seed < 100 + SEEDS; seed++) await runPrograms(release, seed, seed % 4 === 0 ? "sqlite" : "memory");
  });
}
