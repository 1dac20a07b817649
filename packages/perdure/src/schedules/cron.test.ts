import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCron, nextTime } from "./cron.ts";
import type { ScheduleSpec } from "./spec.ts";

const spec = (cron: string, timeZone = "UTC"): ScheduleSpec => ({
  ...{ name: "S", cron, timeZone, overlap: "skip", catchUp: "once", starts: null },
});

/** The next times, without their seconds and milliseconds where these are zero. */
function times(cron: string, timeZone: string, from: string, count: number): readonly string[] {
  const found: string[] = [];
  for (let at = Date.parse(from); found.length < count; ) {
    const next = nextTime(spec(cron, timeZone), at);
    assert.ok(next !== null && next > at);
    found.push(new Date(next).toISOString().replace(/(:00)?\.000Z$/, "Z"));
    at = next;
  }
  return found;
}

await loadCron([spec("* * * * *")]);

test("clocks go forward: a time of day in the gap runs once, at the end of the gap; steps skip the gap", () => {
  // Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
  assert.deepEqual(times("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00Z", 3), [
    "2026-03-28T01:30Z",
    "2026-03-29T01:00Z",
    "2026-03-30T00:30Z",
  ]);
  assert.deepEqual(times("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00Z", 3), [
    "2026-03-29T00:30Z",
    "2026-03-29T01:00Z",
    "2026-03-29T01:30Z",
  ]);
});

test("clocks go back: a time of day that occurs twice runs once, at its first; steps run through both hours", () => {
  // Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
  assert.deepEqual(times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", 2), ["2026-10-25T00:30Z", "2026-10-26T01:30Z"]);
  assert.deepEqual(times("15 1,2,3 * * *", "Europe/Berlin", "2026-10-24T23:00Z", 4), [
    "2026-10-24T23:15Z",
    "2026-10-25T00:15Z",
    "2026-10-25T02:15Z",
    "2026-10-26T00:15Z",
  ]);
  assert.deepEqual(times("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00Z", 5), [
    "2026-10-25T00:30Z",
    "2026-10-25T01:00Z",
    "2026-10-25T01:30Z",
    "2026-10-25T02:00Z",
    "2026-10-25T02:30Z",
  ]);
});

test("Lord Howe Island changes its clocks by half an hour", () => {
  // 5 April 2026: 02:00 becomes 01:30 at 15:00 UTC the day before. 4 October 2026: 02:00 becomes 02:30 at 15:30 UTC the day before.
  const zone = "Australia/Lord_Howe";
  assert.deepEqual(times("45 1 * * *", zone, "2026-04-03T00:00Z", 3), ["2026-04-03T14:45Z", "2026-04-04T14:45Z", "2026-04-05T15:15Z"]);
  assert.deepEqual(times("15 2 * * *", zone, "2026-10-02T00:00Z", 3), ["2026-10-02T15:45Z", "2026-10-03T15:30Z", "2026-10-04T15:15Z"]);
  assert.deepEqual(times("*/15 * * * *", zone, "2026-04-04T14:30Z", 4), [
    "2026-04-04T14:45Z",
    "2026-04-04T15:00Z",
    "2026-04-04T15:15Z",
    "2026-04-04T15:30Z",
  ]);
});

test("leap days, seconds first in six fields, and day of month and day of week that must both fit", () => {
  assert.deepEqual(times("0 0 29 2 *", "UTC", "2026-01-01T00:00Z", 2), ["2028-02-29T00:00Z", "2032-02-29T00:00Z"]);
  assert.deepEqual(times("*/20 * * * * *", "UTC", "2026-01-01T00:00:05Z", 3), [
    "2026-01-01T00:00:20Z",
    "2026-01-01T00:00:40Z",
    "2026-01-01T00:01Z",
  ]);
  assert.deepEqual(times("30 0 9 * * 1-5", "America/New_York", "2026-03-06T00:00Z", 2), ["2026-03-06T14:00:30Z", "2026-03-09T13:00:30Z"]);
  assert.deepEqual(times("0 0 13 * FRI", "UTC", "2026-01-01T00:00Z", 3), ["2026-02-13T00:00Z", "2026-03-13T00:00Z", "2026-11-13T00:00Z"]);
  assert.deepEqual(times("0 12 L * *", "UTC", "2026-01-15T00:00Z", 2), ["2026-01-31T12:00Z", "2026-02-28T12:00Z"]);
});

test("what cannot be read, has no such zone or never comes is refused with name, pattern and zone", async () => {
  const refused = async (cron: string, zone?: string) =>
    loadCron([spec(cron, zone)]).then(
      () => "taken",
      (error: Error) => error.message,
    );
  assert.match(await refused("61 * * * *"), /Schedule "S" cannot run by "61 \* \* \* \*" in time zone "UTC": .*minute: 61/);
  assert.match(await refused("* * * *"), /five/);
  assert.match(await refused("0 0 * * * * 2030"), /5 or 6/);
  assert.match(await refused("0 0 * * *", "Mars/Olympus"), /in time zone "Mars\/Olympus"/);
  assert.match(await refused("0 0 30 2 *"), /no day of any year fits it/);
});
