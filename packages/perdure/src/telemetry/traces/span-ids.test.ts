import assert from "node:assert/strict";
import { test } from "node:test";
import { callIdOf, spanIdOf, traceIdOf } from "./span-ids.ts";

const SEED = "0123456789abcdef0123456789abcdef";

test("ids stay what they were: traces are under way when a release follows another", () => {
  assert.deepEqual(
    [spanIdOf(SEED, "create"), callIdOf(SEED, 0, 1), callIdOf(SEED, 3, 70_000), spanIdOf(SEED, 0, 1, 7, 2, 1_790_000_000_000)],
    ["961a02a711d95a53", "b69f059d5b21dcb3", "df9d7c60bd4f2d96", "23d9526fe44b78af"],
  );
  assert.deepEqual(
    [traceIdOf(SEED), traceIdOf(SEED, 1), traceIdOf("not of hex digits")],
    [SEED, "a20d8087b93ba826be7afcc4feb2ba8f", "d2fbd1924130070e7fb6c1506dc65fea"],
  );
});

test("calls of one execution and of others have ids of their own, of 64 bits that all differ", () => {
  const ids = new Set<string>();
  const counts: number[] = new Array(64).fill(0);
  for (let execution = 0; execution < 40; execution += 1)
    for (let call = 0; call < 500; call += 1) {
      const id = callIdOf(SEED.replace("0123", String(1_000 + execution)), call % 3, call);
      assert.match(id, /^[0-9a-f]{16}$/);
      ids.add(id);
      const value = BigInt(`0x${id}`);
      for (const bit of counts.keys()) if ((value >> BigInt(bit)) & 1n) counts[bit] = (counts[bit] ?? 0) + 1;
    }
  assert.equal(ids.size, 20_000);
  for (const [bit, count] of counts.entries()) assert.ok(Math.abs(count - 10_000) < 500, `bit ${bit} is set in ${count} of 20,000`);
});
