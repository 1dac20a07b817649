import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/testing/random.ts";
import { runPrograms, shapeFor } from "./programs.testsuite.ts";
import { randomProgram, stepsOf } from "./testing/random-program.ts";
import { RELEASES } from "./testing/releases.ts";

// Sixty seeds of each: programs.full.test.ts.
for (const [at, release] of RELEASES.entries()) {
  test(`${release}: programs end the same whatever goes wrong`, () => runPrograms(release, 1 + at));
}

test("each construct is at least one step in a hundred", () => {
  const random = new Random(1);
  const counts = new Map<string, number>();
  const steps = Array.from({ length: 3_000 }, () => stepsOf(randomProgram(random, shapeFor("durable-functions")))).flat();
  for (const step of steps) {
    const name = step.do === "entity" ? `entity ${step.operation}` : step.do;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const [name, count] of counts) assert.ok(count >= steps.length / 100, `${name}: ${count} of ${steps.length}`);
  assert.equal(counts.size, 24);
});
