import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Linked } from "./linked-set.ts";
import { LinkedSet } from "./linked-set.ts";

interface Item extends Linked<Item> {
  readonly n: number;
}

test("it holds what Node's own set holds, in the same order, and lets go of what has left", () => {
  const commands = fc.array(fc.tuple(fc.constantFrom("add", "delete", "clear"), fc.nat(12)), { maxLength: 300 });
  fc.assert(
    fc.property(commands, (all) => {
      const items = Array.from({ length: 13 }, (_, n): Item => ({ n, before: null, after: null }));
      const set = new LinkedSet<Item>();
      const model = new Set<Item>();
      for (const [what, n] of all) {
        const item = items[n];
        if (item === undefined) continue;
        if (what === "add") {
          set.add(item);
          model.add(item);
        } else if (what === "delete") assert.equal(set.delete(item), model.delete(item));
        else if (n === 0) {
          set.clear();
          model.clear();
        }
        assert.equal(set.size, model.size);
        assert.equal(set.has(item), model.has(item));
        assert.deepEqual(
          [...set].map((one) => one.n),
          [...model].map((one) => one.n),
        );
      }
      for (const item of items) if (!model.has(item)) assert.deepEqual([item.before, item.after], [null, null]);
    }),
    { numRuns: 50 },
  );
});

test("the one that was given last may leave while the set is walked through", () => {
  const set = new LinkedSet<Item>();
  for (let n = 0; n < 5; n++) set.add({ n, before: null, after: null });
  const seen: number[] = [];
  for (const item of set) {
    seen.push(item.n);
    set.delete(item);
  }
  assert.deepEqual([seen, set.size], [[0, 1, 2, 3, 4], 0]);
});
