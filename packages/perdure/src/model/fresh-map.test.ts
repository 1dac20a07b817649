import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FreshMap, FreshSet } from "./fresh-map.ts";

const command = fc.tuple(fc.constantFrom("add", "delete", "clear"), fc.nat(40));
const commands = fc.array(command, { maxLength: 2_000, size: "max" });

test("they hold what Node's own hold, in the same order, however often a new table is made", () => {
  fc.assert(
    fc.property(commands, (all) => {
      const map = new FreshMap<number, number>();
      const set = new FreshSet<number>();
      const model = new Map<number, number>();
      for (const [index, [what, key]] of all.entries()) {
        if (what === "add") {
          map.set(key, index);
          set.add(key);
          model.set(key, index);
        } else if (what === "delete") {
          const isThere = model.delete(key);
          assert.equal(map.delete(key), isThere);
          assert.equal(set.delete(key), isThere);
        } else if (key === 0) {
          map.clear();
          set.clear();
          model.clear();
        }
        assert.equal(map.size, model.size);
        assert.equal(set.size, model.size);
        assert.equal(map.get(key), model.get(key));
        assert.equal(set.has(key), model.has(key));
      }
      assert.deepEqual([...map.keys()], [...model.keys()]);
      assert.deepEqual([...map.values()], [...model.values()]);
      assert.deepEqual([...set], [...model.keys()]);
    }),
    { numRuns: 20 },
  );
});
