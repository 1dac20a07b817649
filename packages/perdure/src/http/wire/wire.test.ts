import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formDecode, formEncode } from "./form-encoding.ts";
import { payloadJson } from "./json-text.ts";
import { fullTime, parseDotNetDate, wholeSeconds } from "./times.ts";

describe("times", () => {
  it("cuts the status object's times to seconds", () => {
    assert.equal(wholeSeconds(Date.UTC(2026, 0, 2, 3, 4, 5, 999)), "2026-01-02T03:04:05Z");
  });
  it("writes fractions as .NET does", () => {
    assert.equal(fullTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678)), "2026-01-02T03:04:05.678Z");
    assert.equal(fullTime(Date.UTC(2026, 0, 2, 3, 4, 5, 600)), "2026-01-02T03:04:05.6Z");
    assert.equal(fullTime(Date.UTC(2026, 0, 2, 3, 4, 10, 0)), "2026-01-02T03:04:10Z");
  });
  for (const [text, iso] of [
    ["2026-01-02", "2026-01-02T00:00:00.000Z"],
    ["2026-1-2", "2026-01-02T00:00:00.000Z"],
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05.123Z"],
    ["2026-01-02 03:04", "2026-01-02T03:04:00.000Z"],
    ["2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05.000Z"],
    ["2026-01-02T03:04:05-01:30", "2026-01-02T04:34:05.000Z"],
    ["1-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
    ["800-12-31", "0800-12-31T00:00:00.000Z"],
    ["01/02/2026 3:04:05 PM", "2026-01-02T15:04:05.000Z"],
    ["01/02/2026 12:00 AM", "2026-01-02T00:00:00.000Z"],
    ["Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2026-02-29", null],
    ["2026-13-01", null],
    ["2026-01-02T25:00:00Z", null],
    ["2026-01-02T03:04:05 02:00", null],
    ["01/02/2026 13:00 PM", null],
    ["0000-01-01", null],
    ["1767323045", null],
    ["yesterday", null],
    ["", null],
  ] as const) {
    it(`reads ${JSON.stringify(text)} as ${iso}`, () => {
      const ms = parseDotNetDate(text);
      assert.equal(ms === null ? null : new Date(ms).toISOString(), iso);
    });
  }
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
