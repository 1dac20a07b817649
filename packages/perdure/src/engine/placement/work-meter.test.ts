import assert from "node:assert/strict";
import { test } from "node:test";
import { WorkMeter } from "./work-meter.ts";

const SETTINGS = { leaseMs: 10_000, renewEveryMs: 3_000, activityLimits: {} };

function open(settings = SETTINGS) {
  let now = 1_000;
  const meter = new WorkMeter({ monotonicMs: () => now }, settings);
  meter.joined(5_000);
  const pass = (ms: number) => {
    now += ms;
  };
  return { meter, pass, read: () => meter.read("0123456789abcdef", false) };
}

test("before there was anything, nothing", () => {
  const { read } = open();
  const lease = { ms: 10_000, everyMs: 3_000 };
  const nothing = {
    joinedAt: 5_000,
    build: "0123456789ab",
    isDraining: false,
    ended: 0,
    ran: 0,
    failed: 0,
    commit: null,
    event: null,
    lease,
  };
  assert.deepEqual([read(), read()], [nothing, nothing]);
});

test("rates are over the last ten seconds or so, whatever was before", () => {
  const { meter, pass, read } = open();
  for (let second = 0; second < 60; second += 3) {
    meter.committed(1, 1, 30);
    for (let n = 0; n < 9; n += 1) meter.attempted(n === 0);
    pass(3_000);
    const { ended, ran, failed } = read();
    assert.deepEqual([ended, ran, failed], [10, 3, 0.3], `after ${second + 3} s`);
  }
  for (let idle = 0; idle < 5; idle += 1) {
    pass(3_000);
    read();
  }
  assert.deepEqual([read().ended, read().ran], [0, 0]);
});

test("of commits the middle, the slowest of a hundred, and the mean of their rows; the last 256", () => {
  const { meter, read } = open();
  for (let n = 1; n <= 1_000; n += 1) meter.committed(500, 1_000, 0);
  for (let n = 1; n <= 256; n += 1) meter.committed(n <= 250 ? 2.04 : 80, n % 2, 0);
  assert.deepEqual(read().commit, { p50: 2, p99: 80, rows: 0.5 });
});

test("of events how long they waited for an episode; a clock that is behind counts as no time", () => {
  const { meter, read } = open();
  for (const ms of [-5, 4, 4, 18]) meter.tookEvent(ms);
  assert.deepEqual(read().event, { p50: 4, p99: 18 });
});

test("limits of activities are told, the first fifty", () => {
  const activityLimits = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`a-${n}`, n + 1]));
  const { limits = {} } = open({ ...SETTINGS, activityLimits }).read();
  assert.deepEqual([Object.keys(limits).length, limits["a-49"], limits["a-50"]], [50, 50, undefined]);
});

test("what it adds to a row that is written with each renewal is small", () => {
  const { meter, read, pass } = open();
  meter.committed(12_345.678, 98_765, 99_999);
  meter.attempted(true);
  meter.tookEvent(123_456.78);
  pass(333);
  assert.ok(JSON.stringify(read()).length < 290);
});
