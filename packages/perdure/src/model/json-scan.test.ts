import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isDeeperThan, jsonProblem } from "./json-scan.ts";

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const isValid = (text: string): boolean => jsonProblem(text, 1_000) === null;
const nested = (depth: number, open: string, close: string, inner = ""): string => open.repeat(depth) + inner + close.repeat(depth);

describe("a scan of JSON", () => {
  it("agrees with JSON.parse on whatever JSON there is", () => {
    fc.assert(fc.property(fc.json(), fc.constantFrom("", " ", "\n\t"), (text, blank) => isValid(blank + text + blank)));
    fc.assert(fc.property(fc.jsonValue(), (value) => isValid(JSON.stringify(value, null, 2))));
  });

  it("agrees with JSON.parse on what is nearly JSON", () => {
    const piece = fc.constantFrom(
      ...'{}[],:"\\ 0123-+.eE',
      "true",
      "null",
      "fals",
      '"a"',
      '"\\u00',
      "\\n",
      "1e",
      "-0",
      "01",
      "\n",
      "\u0001",
      "\u00a0",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join("");
        assert.equal(isValid(text), parses(text), JSON.stringify(text));
      }),
      { numRuns: 20_000 },
    );
    fc.assert(
      fc.property(fc.json(), fc.nat(), piece, (text, place, other) => {
        const at = place % (text.length + 1);
        for (const changed of [
          text.slice(0, at),
          text.slice(0, at) + other + text.slice(at),
          text.slice(0, at) + other + text.slice(at + 1),
        ])
          assert.equal(isValid(changed), parses(changed), JSON.stringify(changed));
      }),
      { numRuns: 5_000 },
    );
  });

  it("finds where it is wrong", () => {
    for (const [text, at] of [
      ["", 0],
      ["[1,]", 3],
      ['{"a":1,}', 7],
      ['"ab', 3],
      ["1 2", 2],
      ['{"a" 1}', 5],
    ] as const)
      assert.deepEqual(jsonProblem(text, 10), { kind: "invalid", at }, text);
  });

  it("counts levels, and brackets inside strings are none", () => {
    for (const [open, close, inner] of [
      ["[", "]", ""],
      ['{"a":', "}", "1"],
      ['[{"[":', "}]", "null"],
    ] as const) {
      const levels = open === "[" || open === '{"a":' ? 1 : 2;
      assert.equal(jsonProblem(nested(10 / levels, open, close, inner), 10), null);
      assert.deepEqual(jsonProblem(nested(10 / levels + 1, open, close, inner), 10), { kind: "deep" });
      assert.equal(isDeeperThan(nested(10 / levels, open, close, inner), 10), false);
      assert.equal(isDeeperThan(nested(10 / levels + 1, open, close, inner), 10), true);
    }
    const quoted = JSON.stringify({ a: "[".repeat(50), b: '\\"[{'.repeat(50), c: "\\" });
    assert.equal(isDeeperThan(quoted, 3), false);
    assert.equal(jsonProblem(quoted, 3), null);
    assert.equal(isDeeperThan(`[${"[],".repeat(100)}[]]`, 3), false, "side by side is not deep");
  });

  it("takes a moment for millions of brackets", () => {
    const deep = "[".repeat(15_000_000);
    const began = performance.now();
    assert.deepEqual(jsonProblem(deep, 1_000), { kind: "deep" });
    assert.equal(isDeeperThan(deep, 1_000), true);
    assert.ok(performance.now() - began < 500);
  });
});
