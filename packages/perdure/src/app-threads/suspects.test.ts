import assert from "node:assert/strict";
import { test } from "node:test";
import { ENDS_OF_POISON, Suspects } from "./suspects.ts";

test("a call that its thread has named is at fault, and what shared the thread is not", () => {
  const suspects = new Suspects();
  assert.deepEqual(suspects.examine({ begun: ["a", "b", null], accused: 1 }), ["bystander", "at fault", "bystander"]);
  assert.deepEqual(
    ["a", "b"].map((key) => suspects.runsAlone(key)),
    [false, true],
  );
});

test("when no call was named, all that had begun are suspects; those of a group of suspects that ends run alone", () => {
  const suspects = new Suspects();
  assert.deepEqual(suspects.examine({ begun: ["a", null, "b"], accused: null }), ["suspect", "suspect", "suspect"]);
  assert.deepEqual(
    ["a", "b", null].map((key) => [suspects.isSuspect(key), suspects.runsAlone(key)]),
    [
      [true, false],
      [true, false],
      [false, false],
    ],
  );
  suspects.examine({ begun: ["a", "c"], accused: null });
  assert.deepEqual(
    ["a", "b", "c"].map((key) => suspects.runsAlone(key)),
    [true, false, false],
  );
  suspects.clear("a");
  assert.equal(suspects.isSuspect("a"), false);
});

test("a call that was alone is at fault without being named, and poison after the third certain end", () => {
  const suspects = new Suspects();
  suspects.examine({ begun: ["a", "b"], accused: null }); // a suspicion counts nothing
  for (let death = 1; death < ENDS_OF_POISON; death++) assert.deepEqual(suspects.examine({ begun: ["a"], accused: null }), ["at fault"]);
  assert.deepEqual(suspects.examine({ begun: ["a"], accused: null }), ["poison"]);
  assert.equal(suspects.runsAlone("a"), false, "a resume begins at 0");
});

test("one that ended well in between begins at 0", () => {
  const suspects = new Suspects();
  for (let round = 0; round < 5; round++) {
    assert.deepEqual(suspects.examine({ begun: ["a"], accused: 0 }), ["at fault"]);
    suspects.clear("a");
  }
});

test("a thread that ended without a call makes no suspect", () => {
  const suspects = new Suspects();
  assert.deepEqual(suspects.examine({ begun: [], accused: null }), []);
  assert.deepEqual(suspects.examine({ begun: ["a"], accused: "none" }), ["bystander"]);
  assert.equal(suspects.runsAlone("a"), false);
});
