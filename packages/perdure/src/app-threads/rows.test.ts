import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../model/action.ts";
import type { ActivityRequest, EpisodeRequest, EpisodeResult } from "../model/executor.ts";
import type { HistoryEvent } from "../model/history.ts";
import { eventId, instanceId, instanceNo, seed, workerId } from "../model/ids.ts";
import { payload } from "../model/payload.ts";
import type { Answer, FromThread, ToThread, WireWork } from "./messages.ts";
import type { Row } from "./rows.ts";
import { fromRow, toRow } from "./rows.ts";

const crossed = (message: ToThread | FromThread): ToThread | FromThread => {
  const one = JSON.parse(JSON.stringify(toRow(message))) as ToThread | FromThread | Row;
  return "kind" in one ? one : fromRow(one);
};
const run = (work: WireWork): ToThread => ({ kind: "run", call: 7, work });
const answer = (of: Answer): FromThread => ({ kind: "answer", call: 8, answer: of });
const hasRow = (message: ToThread | FromThread): boolean => !("kind" in toRow(message));

const ACTIVITY: ActivityRequest = {
  ...{ no: instanceNo(1), generation: 2, eventId: eventId(3), instanceId: instanceId("a"), name: "one", input: payload("4") },
  ...{ alone: true, attempt: 5, seed: seed("s"), callId: eventId(6), timeoutMs: 7, progress: payload("8"), version: "9" },
  ...{ tags: { a: "b" }, trace: { traceparent: "00-1" } },
};
const COMPLETED: HistoryEvent = { kind: "TaskCompleted", ts: 1, taskId: eventId(2), result: payload("3"), ran: 4, by: workerId(5) };
const STARTED: HistoryEvent = { kind: "OrchestratorStarted", ts: 5 };
const EPISODE: EpisodeRequest = {
  ...{ no: instanceNo(1), attempt: 2, instanceId: instanceId("a"), generation: 3, name: "one", version: "4", alone: true, episode: 5 },
  ...{ history: null, fresh: [COMPLETED, STARTED] },
};
const CALL: Action = { kind: "callActivity", id: eventId(1), name: "one", input: payload("2") };
const RAN: EpisodeResult & { readonly kind: "ran" } = { kind: "ran", actions: [CALL], outcome: null, openEvents: ["go"] };

test("each field of a frequent message is read as what it was", () => {
  for (const message of [
    run({ kind: "activity", request: ACTIVITY }),
    run({ kind: "episode", request: EPISODE }),
    run({ kind: "episode", request: { ...EPISODE, episode: 0, history: [] } }),
    answer({ kind: "completed", result: payload("1") }),
    answer(RAN),
    answer({ ...RAN, outcome: { kind: "completed", output: null } }),
  ]) {
    assert.ok(hasRow(message), JSON.stringify(message));
    assert.deepEqual(crossed(message), message);
  }
});

test("what has other fields than the frequent ones comes over as well, whole or in its list", () => {
  const events: readonly HistoryEvent[] = [
    { ...STARTED, flags: [1] },
    { kind: "TaskCompleted", ts: 1, taskId: eventId(2), result: null },
    { kind: "TimerFired", ts: 1, timerId: eventId(2), fireAt: 1 },
  ];
  const actions: readonly Action[] = [
    { ...CALL, timeoutMs: 5 },
    { kind: "createTimer", id: eventId(2), fireAt: 5 },
  ];
  const failure = { errorType: "Error", message: "no" };
  for (const message of [
    run({ kind: "activity", request: { ...ACTIVITY, later: 1 } as ActivityRequest }),
    run({ kind: "episode", request: { ...EPISODE, fresh: events } }),
    run({ kind: "episode", request: { ...EPISODE, recorded: [STARTED] } }),
    answer({ kind: "failed", failure }),
    answer({ ...RAN, actions }),
    answer({ ...RAN, outcome: { kind: "failed", failure } }),
    answer({ ...RAN, customStatus: payload("1") }),
    answer({ kind: "ran", actions: [], outcome: null }),
    answer({ kind: "ran", state: null, results: [], actions: [], cut: null }),
    answer({ kind: "historyNeeded" }),
  ])
    assert.deepEqual(crossed(message), message);
});
