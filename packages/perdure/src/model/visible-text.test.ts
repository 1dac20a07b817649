import assert from "node:assert/strict";
import { test } from "node:test";
import { visible, visibleLines } from "./visible-text.ts";

const ESC = "\u001b";

for (const [what, text, shown] of [
  ["a colour", `${ESC}[31mred`, "\\u001b[31mred"],
  ["the title of a window", `${ESC}]0;owned\u0007`, "\\u001b]0;owned\\u0007"],
  ["a second line", "a\nERROR forged", "a\\nERROR forged"],
  ["a return", "a\rb", "a\\rb"],
  ["a tab", "a\tb", "a\\tb"],
  ["NUL and backspace", "\u0000\u0008", "\\u0000\\u0008"],
  ["DEL", "\u007f", "\\u007f"],
  ["C1: the control sequence introducer in one character", "\u009b31m", "\\u009b31m"],
  ["C1: next line", "\u0085", "\\u0085"],
  ["a right-to-left override", "exe.\u202etxt", "exe.\\u202etxt"],
  ["an isolate", "\u2066a\u2069", "\\u2066a\\u2069"],
  ["marks of direction", "\u200e\u200f\u061c", "\\u200e\\u200f\\u061c"],
  ["separators of lines and paragraphs", "\u2028\u2029", "\\u2028\\u2029"],
  ["half a surrogate pair", "a\ud83d", "a\\ud83d"],
  ["letters of any script, and emoji", "Größe 注文 طلب 👩‍👧 a b", "Größe 注文 طلب 👩‍👧 a b"],
] as const) {
  test(`visible: ${what}`, () => assert.equal(visible(text), shown));
}

test("of JSON it makes JSON of the same value", () => {
  const value = { id: `${ESC}[2J\u009b\u202e\n"\\`, n: 1 };
  const text = visible(JSON.stringify(value));
  assert.deepEqual(JSON.parse(text), value);
  assert.match(text, /^[\x20-\x7e]*$/);
});

test("visible lines keep their lines and tabs, and nothing else", () => {
  assert.equal(visibleLines(`Error: a${ESC}[1m\n\tat b\r\u009b\u202e`), "Error: a\\u001b[1m\n\tat b\\r\\u009b\\u202e");
});
