import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesText, durationText, preciseText, roughText } from "./durations.ts";
import { clockText, dayText, exactClockText, utcText } from "./time-text.ts";

const AT = Date.UTC(2026, 10, 29, 14, 2, 11, 204);
const HOUR = 3_600_000;

describe("durations", () => {
  it("have the unit that a person would take", () => {
    const cases: readonly (readonly [number, string])[] = [
      [0, "0 ms"],
      [40, "40 ms"],
      [400, "0.4 s"],
      [2_440, "2.4 s"],
      [59_940, "59.9 s"],
      [59_960, "1 m"],
      [102_300, "1 m 42 s"],
      [3_599_900, "1 h"],
      [HOUR, "1 h"],
      [23.97 * HOUR, "23 h 58 m"],
      [292 * HOUR, "12 d 4 h"],
      [-5, "0 ms"],
    ];
    for (const [ms, text] of cases) assert.equal(durationText(ms), text, String(ms));
  });
  it("until and since something have no fraction", () => {
    assert.deepEqual([300, 6_900, 61_900, 45 * 60_000].map(roughText), ["less than 1 s", "6 s", "1 m 1 s", "45 m"]);
  });
  it("in columns have three digits", () => {
    assert.deepEqual([40, 2_910, 41_600, 102_000].map(preciseText), ["0.04 s", "2.91 s", "41.6 s", "1 m 42 s"]);
  });
  it("and sizes are told in the units of the limits", () => {
    assert.deepEqual([318, 1_024, 4_300, 33_554_432].map(bytesText), ["318 B", "1 KB", "4.2 KB", "32 MB"]);
  });
});

describe("times", () => {
  it("name the day as people do", () => {
    const day = (at: number) => dayText(at, AT, "utc");
    assert.equal(day(AT), "today 14:02:11");
    assert.equal(day(AT - 15 * HOUR), "yesterday 23:02:11");
    assert.equal(day(AT + 24 * HOUR), "tomorrow 14:02:11");
    assert.equal(day(AT - 72 * HOUR), "26 Nov 14:02:11");
    assert.equal(day(AT - 365 * 24 * HOUR), "29 Nov 2025 14:02:11");
  });
  it("have a clock, an exact clock and UTC", () => {
    assert.equal(clockText(AT, "utc"), "14:02:11");
    assert.equal(exactClockText(AT, "utc"), "14:02:11.204");
    assert.equal(utcText(AT), "2026-11-29 14:02:11.204 UTC");
  });
});
