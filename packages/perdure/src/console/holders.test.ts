import assert from "node:assert/strict";
import { test } from "node:test";
import { Holders } from "./holders.ts";

test("workers that had an instance are remembered, of the latest two thousand instances", () => {
  const holders = new Holders();
  holders.saw("a", [1, null]);
  holders.sawRow({ id: "a", owner: 2 });
  holders.sawRow({ id: "a", owner: null });
  assert.deepEqual([holders.of("a"), holders.of("b")], [[1, 2], []]);
  for (let n = 0; n < 2_000; n += 1) holders.saw(`i-${n}`, [3]);
  assert.deepEqual([holders.of("a"), holders.of("i-0")], [[], [3]]);
});
