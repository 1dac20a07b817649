import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call as AnyCall } from "./call.ts";
import { Call } from "./call.ts";
import { holdOf } from "./function-timeouts.ts";
import type { AppInfo } from "./guest.ts";
import type { Work } from "./messages.ts";

const LIMITS = { functionTimeoutMs: 1_800_000, episodeTimeoutMs: 60_000 };
const INFO = { activityTimeouts: { Slow: 5_000 } } as unknown as AppInfo;
const call = (kind: Work["kind"], request: object = {}): AnyCall =>
  new Call({ kind, request: { name: "any", timeoutMs: null, alone: false, ...request } } as never);

const episode = call("episode");
const activity = call("activity");

test("an orchestrator that computes may hold its thread for a minute, an activity for as long as functions may, or its own time-out", () => {
  assert.deepEqual(holdOf(episode, [episode, activity], INFO, LIMITS), { call: episode, limitMs: 60_000 });
  assert.equal(holdOf(episode, [episode], INFO, { ...LIMITS, functionTimeoutMs: 10_000 }).limitMs, 10_000);
  assert.equal(holdOf(episode, [episode], INFO, { functionTimeoutMs: Number.POSITIVE_INFINITY }).limitMs, 60_000);
  assert.deepEqual(holdOf(activity, [episode, activity], INFO, LIMITS), { call: activity, limitMs: 1_800_000 });
  assert.equal(holdOf(call("activity", { name: "slow" }), [], INFO, LIMITS).limitMs, 5_000);
  assert.equal(holdOf(call("activity", { timeoutMs: 1_000 }), [], INFO, LIMITS).limitMs, 1_000);
});

test("where it is not known which call holds the thread, it is an episode that is open, if there is one", () => {
  assert.deepEqual(holdOf(null, [activity, episode], INFO, LIMITS), { call: episode, limitMs: 60_000 });
  assert.deepEqual(holdOf(null, [episode, call("episode")], INFO, LIMITS), { call: null, limitMs: 60_000 });
  assert.deepEqual(holdOf(null, [activity, call("invocation")], INFO, LIMITS), { call: null, limitMs: 1_800_000 });
});
