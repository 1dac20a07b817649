import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { latenciesOf, leastSquaresSlope, mean, median, percentile, spread } from "./stats.ts";

describe("median", () => {
  test("is the middle of an odd count, in any order", () => assert.equal(median([9, 1, 5]), 5));
  test("is the mean of the two in the middle of an even count", () => assert.equal(median([4, 1, 3, 2]), 2.5));
  test("compares as numbers, not as text", () => assert.equal(median([10, 9, 100]), 10));
  test("leaves its argument as it was", () => {
    const values = [3, 1, 2];
    median(values);
    assert.deepEqual(values, [3, 1, 2]);
  });
  test("refuses nothing at all", () => assert.throws(() => median([]), /no values/));
});

describe("percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  test("is the nearest rank", () => {
    assert.deepEqual(
      [1, 50, 95, 99, 100].map((percent) => percentile(hundred, percent)),
      [1, 50, 95, 99, 100],
    );
  });
  test("of few samples is one of them", () => {
    assert.equal(percentile([7], 99), 7);
    assert.equal(percentile([1, 2, 3], 50), 2);
    assert.equal(percentile([1, 2, 3], 67), 3);
  });
  test("refuses what is not a percentage", () => {
    for (const percent of [0, -1, 100.1, Number.NaN]) assert.throws(() => percentile([1], percent), /percentile/);
  });
});

describe("latenciesOf", () => {
  test("gives nulls when nothing was measured", () => assert.deepEqual(latenciesOf([]), { p50Ms: null, p95Ms: null, p99Ms: null }));
  test("gives three percentiles", () => assert.deepEqual(latenciesOf([3, 1, 2]), { p50Ms: 2, p95Ms: 3, p99Ms: 3 }));
});

describe("leastSquaresSlope", () => {
  test("finds an exact line", () => {
    assert.equal(leastSquaresSlope([0, 1, 2, 3].map((x) => ({ x, y: 2.5 * x - 7 }))), 2.5);
  });
  test("finds the textbook answer for points beside a line", () => {
    const points = [
      { x: 1, y: 2 },
      { x: 2, y: 4 },
      { x: 3, y: 5 },
      { x: 4, y: 4 },
      { x: 5, y: 5 },
    ];
    assert.ok(Math.abs(leastSquaresSlope(points) - 0.6) < 1e-12);
  });
  test("keeps its precision far from zero, where times in ms lie", () => {
    const points = [0, 1, 2].map((x) => ({ x: 1.7e12 + x, y: x }));
    assert.ok(Math.abs(leastSquaresSlope(points) - 1) < 1e-9);
  });
  test("refuses what is not a line", () => {
    assert.throws(() => leastSquaresSlope([{ x: 1, y: 1 }]), /at least 2/);
    assert.throws(
      () =>
        leastSquaresSlope([
          { x: 1, y: 1 },
          { x: 1, y: 2 },
        ]),
      /vertical/,
    );
  });
});

test("mean and spread", () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert.equal(spread([4, 4]), 0);
  assert.ok(Math.abs(spread([100, 110, 105]) - 0.1) < 1e-12);
  assert.throws(() => spread([0, 1]), /positive/);
  assert.throws(() => mean([]), /no values/);
});
