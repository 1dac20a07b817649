import { test } from "node:test";
import { runPrograms } from "./programs.testsuite.ts";
import { RELEASES } from "./testing/releases.ts";

for (const release of RELEASES) {
  test(`${release}: programs end the same whatever goes wrong`, async () => {
    for (const seed of [1, 2]) await runPrograms(release, seed);
  });
}
