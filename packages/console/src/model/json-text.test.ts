import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { jsonFault } from "./json-fault.ts";
import { foldedAtFirst, jsonLines, visibleLines } from "./json-lines.ts";
import { jsonTokens } from "./json-tokens.ts";

const joined = (text: string): string =>
  jsonTokens(text)
    .map((token) => token.text)
    .join("");
const printed = (text: string): string =>
  jsonLines(text)
    .map(({ depth, tokens }) => "  ".repeat(depth) + tokens.map((token) => token.text).join(""))
    .join("\n");
const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const nearlyJson = fc
  .array(fc.constantFrom(...'{}[],:"\\ 01-+.eE\n', "true", "null", '"a"', '"b":', "'x'", "tru", "\\u00e9"), { maxLength: 12 })
  .map((pieces) => pieces.join(""));

describe("the text of JSON", () => {
  it("gives itself again, piece by piece, whatever it is", () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string({ unit: "grapheme" }), nearlyJson), (text) => joined(text) === text));
  });

  it("has one piece for a string, however long it is", () => {
    const text = JSON.stringify(`${"x".repeat(20_000_000)}\n${'\\"'.repeat(200_000)}`);
    assert.deepEqual(
      jsonTokens(text).map(({ kind, text: piece }) => [kind, piece.length]),
      [["string", text.length]],
    );
  });

  it("is printed over lines as JSON.stringify does it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(printed(JSON.stringify(value)), JSON.stringify(value, null, 2));
      }),
    );
  });

  it("keeps digits, escapes and keys that a parser would lose", () => {
    const text = '{"a":12345678901234567890,"b":1.10,"c":1E400,"a":"\\u00e9\\/","d":-0}';
    assert.equal(printed(text), '{\n  "a": 12345678901234567890,\n  "b": 1.10,\n  "c": 1E400,\n  "a": "\\u00e9\\/",\n  "d": -0\n}');
  });

  it("may be cut short: what is there is shown", () => {
    assert.equal(printed('{"a":{"b":[1,2,"thr'), '{\n  "a": {\n    "b": [\n      1,\n      2,\n      "thr');
  });

  it("knows keys from other strings", () => {
    const kinds = jsonTokens('{"a" : "b"}')
      .filter(({ kind }) => kind !== "blank")
      .map(({ kind }) => kind);
    assert.deepEqual(kinds, ["mark", "key", "mark", "string", "mark"]);
  });
});

describe("folding", () => {
  it("says where an object ends and how much it has", () => {
    const lines = jsonLines('{"a":[1,2,{"x":{}}],"b":{}}');
    assert.deepEqual(lines[0]?.opens, { end: lines.length - 1, count: 2, what: "fields" });
    assert.deepEqual(lines[1]?.opens, { end: 7, count: 3, what: "entries" });
  });

  it("closes the deepest parts of what is too long for a screen", () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({ id, tags: ["a", "b"] }));
    const lines = jsonLines(JSON.stringify({ rows }));
    const folded = foldedAtFirst(lines, 40);
    const shown = visibleLines(lines, folded);
    assert.ok(shown.length <= 40, `${shown.length} lines`);
    assert.deepEqual(foldedAtFirst(jsonLines('{"a":1}'), 40), new Set());
  });

  it("hides whole objects, and no line twice", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.nat(30)), (value, chosen) => {
        const lines = jsonLines(JSON.stringify(value));
        const shown = visibleLines(lines, new Set(chosen));
        assert.deepEqual(
          shown,
          [...new Set(shown)].sort((a, b) => a - b),
        );
      }),
    );
  });
});

describe("a fault of JSON", () => {
  it("is found where JSON.parse fails, and nowhere else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), nearlyJson, fc.string()), (text) => {
        assert.equal(jsonFault(text) === null, parses(text), text);
      }),
      { numRuns: 1_000 },
    );
  });

  it("says what is wrong and where, in words of the person who writes", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["", "1:1 there is no value yet"],
      ['{"a": 1,}', "1:9 the last field has no comma behind it"],
      ["[1,2,]", "1:6 the last entry has no comma behind it"],
      ['{\n  "a": 1\n  "b": 2\n}', '3:3 a comma is missing before "b"'],
      ["{a: 1}", "1:2 a field begins with its name in double quotes, not with a"],
      ["{'a': 1}", "1:2 a field begins with its name in double quotes, not with 'a'"],
      ["yes", "1:1 yes is no value: texts have double quotes"],
      ["'yes'", "1:1 strings have double quotes"],
      ['{"a" 1}', "1:6 a colon is missing before 1"],
      ['{"a": }', "1:7 a value is missing before }"],
      ['{"a": [1', "1:9 ] is missing at the end"],
      ['"abc', "1:1 this string has no end"],
      ["01", "1:1 01 is not a number of JSON"],
      ["1 2", "1:3 the value is complete before 2"],
    ];
    for (const [text, said] of cases) {
      const fault = jsonFault(text);
      assert.equal(fault === null ? null : `${fault.line}:${fault.column} ${fault.message}`, said, text);
    }
  });
});
