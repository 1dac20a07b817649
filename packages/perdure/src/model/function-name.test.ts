import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { functionKey, sameName } from "./function-name.ts";

/** One UTF-16 unit each, all of them. */
const UNITS = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code));

const name = fc.string({ unit: "grapheme", maxLength: 20 });
/** Letters whose two cases are not a pair. */
const odd = fc.string({ unit: fc.constantFrom(..."aAiIıİkK\u212aµμΜσςΣßẞſsSåÅ\u212bωΩ\u2126ǅǆǄﬁ𐐀𐐨"), maxLength: 8 });

test("the key of a unit is one unit, and a key is its own key", () => {
  for (const unit of UNITS) {
    const key = functionKey(unit);
    assert.equal(key.length, 1, unit);
    assert.equal(functionKey(key), key, unit);
  }
});

test("the cases of a letter have one key, where they are one unit each", () => {
  for (const unit of UNITS) {
    const raised = unit.toUpperCase();
    if (raised.length === 1) assert.equal(functionKey(raised), functionKey(unit), unit);
    const lowered = unit.toLowerCase();
    if (lowered.length === 1) assert.equal(functionKey(lowered), functionKey(unit), unit);
  }
});

test("a letter does not depend on its neighbours", () => {
  fc.assert(
    fc.property(fc.oneof(name, odd), fc.oneof(name, odd), (one, other) => {
      assert.equal(functionKey(one + other), functionKey(one) + functionKey(other));
      assert.equal(sameName(one, other), functionKey(one) === functionKey(other));
      assert.equal(functionKey(one).length, one.length);
    }),
  );
});

test("ASCII names have the key that stores have always kept", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme-ascii" }), (one) => assert.equal(functionKey(one), one.toLowerCase())));
});
