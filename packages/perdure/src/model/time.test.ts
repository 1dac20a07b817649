import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import fc from "fast-check";
import { durationProblem, parseDuration } from "./duration.ts";
import { clampTime, FIRST_TIME, isoTime, LAST_TIME, parseDate } from "./time.ts";

test("every number becomes an instant that can be written as a date, in the same order", () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), (one, other) => {
      assert.match(isoTime(one), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.ok(Number.isSafeInteger(clampTime(one)));
      if (one <= other) assert.ok(clampTime(one) <= clampTime(other));
    }),
  );
  assert.equal(isoTime(LAST_TIME), "9999-12-31T23:59:59.999Z");
  assert.equal(isoTime(Number.POSITIVE_INFINITY), "9999-12-31T23:59:59.999Z");
});

test("a Date is an instant within the limits; an invalid one is none", () => {
  assert.equal(parseDate(new Date(5)), 5);
  assert.equal(parseDate(new Date(8.64e15)), LAST_TIME);
  assert.equal(parseDate(new Date("0001-01-01T00:00:00Z")), FIRST_TIME);
  assert.equal(parseDate(vm.runInNewContext("new Date(5)")), 5);
  for (const value of [new Date("x"), 5, "2026-01-01", null, undefined, {}, { getTime: () => 5 }, Symbol.iterator])
    assert.equal(parseDate(value), null);
});

test("durations: what is given in full is taken, for ever included", () => {
  const taken: readonly (readonly [unknown, number])[] = [
    ["0s", 0],
    ["250ms", 250],
    ["1.5h", 5_400_000],
    ["30d", 2_592_000_000],
    [{ minutes: 5 }, 300_000],
    [{ days: 1, milliseconds: 0.6 }, 86_400_001],
    [{ seconds: 0 }, 0],
    [{ milliseconds: Number.MAX_SAFE_INTEGER }, LAST_TIME],
    [{ days: Number.MAX_VALUE }, LAST_TIME],
    [{ hours: Number.POSITIVE_INFINITY }, LAST_TIME],
    [`${"9".repeat(400)}d`, LAST_TIME],
  ];
  for (const [duration, ms] of taken) assert.equal(parseDuration(duration), ms, JSON.stringify(duration));
});

test("durations: a missing setting, an unknown part and a negative amount are refused in words", () => {
  const refused: readonly (readonly [unknown, RegExp | null])[] = [
    [{ minutes: undefined }, /"minutes" is undefined/],
    [{ hours: 1, minutes: undefined }, /"minutes" is undefined/],
    [{ minutes: null }, /"minutes" is not a number/],
    [{ minutes: "5" }, /"minutes" is not a number/],
    [{ minutes: 5n }, /"minutes" is not a number/],
    [{ minutes: Number.NaN }, /"minutes" is not a number/],
    [{ minute: 5 }, /"minute" is not one of days, hours, minutes/],
    [{ minutes: -1 }, /"minutes" is negative/],
    [{}, /the object is empty/],
    [[], /neither/],
    [new Map([["minutes", 5]]), /the object is empty/],
    [new Date(5), /a Date is a point in time/],
    [new Date("x"), /an invalid Date/],
    [5, /no unit/],
    [Number.NaN, /no unit/],
    ["-5s", /negative/],
    ["5", null],
    ["5 s", null],
    ["1 minute", null],
    ["NaNs", null],
    ["", null],
    [null, /neither/],
    [undefined, /neither/],
    [() => 5, /neither/],
  ];
  for (const [duration, problem] of refused) {
    assert.equal(parseDuration(duration), null, String(duration));
    if (problem !== null) assert.match(durationProblem(duration) ?? "", problem);
  }
});
