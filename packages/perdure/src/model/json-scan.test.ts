import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { cpuClock } from "../process/testing/cpu-clock.ts";
import { isDeeperThan } from "./json-depth.ts";
import { jsonProblem } from "./json-scan.ts";
import { utf8Bytes } from "./payload.ts";

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const isValid = (text: string): boolean => jsonProblem(text, 1_000) === null;
const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
/** The best of some: other processes take the processor's caches away. */
const cpuMs = (work: () => unknown): number =>
  Math.min(
    ...Array.from({ length: 3 }, () => {
      const spentMs = cpuClock();
      work();
      return spentMs();
    }),
  );
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
      { numRuns: 2_000 },
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
      { numRuns: 2_000 },
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

  it("agrees with JSON.parse on long lists, one element of which may be wrong", () => {
    const element = fc.oneof(
      fc.json({ maxDepth: 1 }),
      fc.stringMatching(/^[ 0-9.eE+-]{1,6}$/),
      fc.constantFrom('"\\n"', '"\\u00e9"', '"\n"', " true", "null\n", ""),
    );
    const values = fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 6, maxLength: 150 });
    fc.assert(
      fc.property(values, element, fc.nat(), fc.constantFrom(",", ", ", "\n,"), (sound, odd, place, comma) => {
        const parts = sound.map((value) => JSON.stringify(value));
        parts.splice(place % (parts.length + 1), 0, odd);
        const text = `[${parts.join(comma)}]`;
        assert.equal(isValid(text), parses(text), text);
        assert.equal(isValid(`{"a":[[${text},0]]}`), parses(text), text);
      }),
      { numRuns: 500 },
    );
  });

  it("finds the depth of whatever JSON there is", () => {
    const wide = fc.array(fc.jsonValue({ maxDepth: 4 }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(wide, fc.constantFrom(0, 2), fc.string({ maxLength: 80 }), (value, indent, quoted) => {
        const whole = [quoted, value];
        const text = JSON.stringify(whole, null, indent);
        const depth = depthOf(whole);
        for (const most of [depth - 1, depth]) if (text.length > 2 * most) assert.equal(isDeeperThan(text, most), depth > most, text);
      }),
    );
  });

  it("counts the bytes that a string has in UTF-8", () => {
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 100 }), fc.constantFrom(0, 16_350, 16_384), (units, before) => {
        const whole = "x".repeat(before) + String.fromCharCode(...units);
        assert.equal(utf8Bytes(whole), Buffer.byteLength(whole));
      }),
    );
    for (const text of ["\ud83d", `${"x".repeat(16_383)}\ud83d\ude00`, `${"x".repeat(16_383)}\ud83d`, "\ud83d".repeat(40_000)])
      assert.equal(utf8Bytes(text), Buffer.byteLength(text));
  });

  it("takes a moment for millions of brackets", () => {
    const deep = "[".repeat(15_000_000);
    const spentMs = cpuClock();
    assert.deepEqual(jsonProblem(deep, 1_000), { kind: "deep" });
    assert.equal(isDeeperThan(deep, 1_000), true);
    assert.ok(spentMs() < 500);
  });

  it("takes about as long as JSON.parse at most, whatever a long list holds", () => {
    const filled = (piece: (n: number) => string): string => `[${Array.from({ length: 50_000 }, (_, n) => piece(n)).join(",")}]`;
    for (const [name, text] of Object.entries({
      numbers: filled((n) => String(n * 7)),
      fractions: filled((n) => String(Math.sin(n))),
      words: filled((n) => String(n % 2 === 0)),
      strings: filled((n) => `"name ${n}"`),
      lines: filled((n) => `\n    ${n}`),
      objects: filled((n) => `{"id":${n},"name":"name ${n}"}`),
      "numbers behind many lists": `[${"[],".repeat(2_000)}${filled((n) => String(n * 7))}]`,
    })) {
      const parse = cpuMs(() => JSON.parse(text));
      const scan = cpuMs(() => jsonProblem(text, 1_000));
      const depth = cpuMs(() => isDeeperThan(text, 1_000));
      assert.ok(scan <= 3 * parse + 2 && depth <= 3 * parse + 2, `${name}: ${scan} and ${depth} ms, JSON.parse ${parse} ms`);
    }
  });
});
