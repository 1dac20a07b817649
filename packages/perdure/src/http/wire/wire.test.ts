import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formDecode, formEncode } from "./form-encoding.ts";
import { payloadJson } from "./json-text.ts";
import { fullTime, wholeSeconds } from "./times.ts";

describe("times", () => {
  it("cuts the status object's times to seconds", () => {
    assert.equal(wholeSeconds(Date.UTC(2026, 0, 2, 3, 4, 5, 999)), "2026-01-02T03:04:05Z");
  });
  it("writes fractions as .NET does", () => {
    assert.equal(fullTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678)), "2026-01-02T03:04:05.678Z");
    assert.equal(fullTime(Date.UTC(2026, 0, 2, 3, 4, 5, 600)), "2026-01-02T03:04:05.6Z");
    assert.equal(fullTime(Date.UTC(2026, 0, 2, 3, 4, 10, 0)), "2026-01-02T03:04:10Z");
  });
});

describe("payload text", () => {
  for (const [stored, json] of [
    [null, "null"],
    ["", '""'],
    [" \n", '""'],
    ['{"a" : 1}', '{"a" : 1}'],
    ["123456789012345678901234567890", "123456789012345678901234567890"],
    ['"text"', '"text"'],
    ["not json", '"not json"'],
    ['{"a":1}{"b":2}', '"{\\"a\\":1}{\\"b\\":2}"'],
  ] as const) {
    it(`${JSON.stringify(stored)} goes out as ${json}`, () => assert.equal(payloadJson(stored), json));
  }
});

it("form encoding round-trips, and decoding never fails", () => {
  for (const text of ["a b+c", "é/ü?#&=%", "~'()*!", "𝒳", ""]) assert.equal(formDecode(formEncode(text)), text);
  assert.equal(formEncode("a\ud800"), "a%EF%BF%BD");
  assert.equal(formDecode("%zz%e9%"), "%zz\ufffd%");
});
