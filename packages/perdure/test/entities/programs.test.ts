import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/testing/random.ts";
import { FLAWED_CONSTRUCTS, nodesOf, PROGRAM_CONSTRUCTS, ProgramMaker } from "../../src/testing/scenarios/program.ts";
import { runPrograms } from "./testing/random-programs.ts";

const KINDS = [
  { name: "random programs", isFlawed: false, constructs: PROGRAM_CONSTRUCTS },
  { name: "those that can be rewound", isFlawed: true, constructs: FLAWED_CONSTRUCTS },
] as const;

for (const { name, isFlawed, constructs } of KINDS) {
  test(`each construct is at least 1 % of the nodes of ${name}`, () => {
    const counts = new Map<string, number>();
    const count = (construct: string) => counts.set(construct, (counts.get(construct) ?? 0) + 1);
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const program = new ProgramMaker(new Random(seed), { isFlawed }).program();
      for (let generation = 1; generation < program.length; generation += 1) count("continue-as-new");
      for (const { node } of nodesOf(program)) {
        count(node.kind);
        if ("flaw" in node) count("flaw");
        if (node.kind === "child") for (let generation = 1; generation < node.program.length; generation += 1) count("continue-as-new");
      }
    }
    const total = [...counts.values()].reduce((sum, one) => sum + one, 0);
    for (const construct of constructs) {
      const share = (counts.get(construct) ?? 0) / total;
      assert.ok(share >= 0.01, `${construct} is ${(100 * share).toFixed(2)} % of ${total} nodes`);
    }
  });
}

test("random programs come to what a plain interpreter says, with crashes and repeated messages", { timeout: 120_000 }, async () => {
  await runPrograms(1, 20);
});
