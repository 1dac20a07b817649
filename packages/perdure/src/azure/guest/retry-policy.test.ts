import assert from "node:assert/strict";
import { test } from "node:test";
import type { FunctionRetry } from "./retry-policy.ts";
import { functionRetry } from "./retry-policy.ts";

const seconds = (seconds: number) => ({ seconds });
const backoff = (least: number, most: number, maxRetryCount = 5) =>
  functionRetry({ retryStrategy: "exponentialBackoff", maxRetryCount, minimumInterval: seconds(least), maximumInterval: seconds(most) });

for (const [what, policy, ranges] of [
  ["a fixed delay", functionRetry({ retryStrategy: "fixedDelay", maxRetryCount: -1, delayInterval: seconds(10) }), [10, 10, 10, 10]],
  ["a fixed delay of nothing", functionRetry({ strategy: "fixedDelay", maxRetryCount: 0, delayInterval: {} }), [0, 0]],
  ["an exponential backoff", backoff(1, 10), [1, [1.8, 2.2], [2.6, 3.4], [4.2, 5.8], [7.4, 10], 10]],
  ["one that is at its end at once", backoff(4, 4), [4, 4, 4]],
] as const) {
  test(`pauses of ${what}`, () => {
    const pauses = ranges.map((_, index) => (policy as FunctionRetry).pauseMs(index + 1) / 1_000);
    for (const [index, range] of ranges.entries()) {
      const [least, most] = typeof range === "number" ? [range, range] : range;
      const pause = pauses[index] ?? -1;
      assert.ok(pause >= least && pause <= most, `pause ${index + 1} is ${pause}: ${least} to ${most}`);
    }
  });
}

for (const [options, problem] of [
  [undefined, null],
  [{ retryStrategy: "fixedDelay", delayInterval: seconds(1) }, /its maxRetryCount is undefined; expected a whole number from 0, or -1/],
  [{ retryStrategy: "fixedDelay", maxRetryCount: 1.5, delayInterval: seconds(1) }, /its maxRetryCount is 1\.5/],
  [{ retryStrategy: "fixedDelay", maxRetryCount: 1 }, /it has no delayInterval/],
  [{ retryStrategy: "sometimes", maxRetryCount: 1 }, /its strategy is "sometimes"; expected "fixedDelay"/],
  [
    { retryStrategy: "exponentialBackoff", maxRetryCount: 1, minimumInterval: seconds(1) },
    /it has no minimumInterval or no maximumInterval/,
  ],
  [
    { retryStrategy: "exponentialBackoff", maxRetryCount: 1, minimumInterval: seconds(2), maximumInterval: seconds(1) },
    /its minimumInterval is above/,
  ],
] as const) {
  test(`the policy ${JSON.stringify(options)}`, () => {
    const found = functionRetry(options);
    if (problem === null) assert.equal(found, null);
    else assert.match(String(found), problem);
  });
}
