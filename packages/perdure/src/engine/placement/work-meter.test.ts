import assert from "node:assert/strict";
import { test } from "node:test";
import { WorkMeter } from "./work-meter.ts";

function open() {
  let now = 1_000;
  const meter = new WorkMeter({ monotonicMs: () => now });
  meter.joined(5_000);
  const pass = (ms: number) => {
    now += ms;
  };
  return { meter, pass, read: () => meter.read("0123456789abcdef", false) };
}

test("before there was anything, nothing", () => {
  const { read } = open();
  const nothing = { joinedAt: 5_000, build: "0123456789ab", isDraining: false, ended: 0, ran: 0, failed: 0, commit: null };
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

test("what it adds to a row that is written with each renewal is small", () => {
  const { meter, read, pass } = open();
  meter.committed(12_345.678, 98_765, 99_999);
  meter.attempted(true);
  pass(333);
  assert.ok(JSON.stringify(read()).length < 200);
});
