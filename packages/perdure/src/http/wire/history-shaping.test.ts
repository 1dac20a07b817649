import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HistoryEvent } from "../../model/history.ts";
import { eventId, executionId, instanceId, instanceNo, seed } from "../../model/ids.ts";
import { payload } from "../../model/payload.ts";
import { makeApi } from "../testing/api.ts";
import { assertDescribed } from "../testing/openapi-check.ts";
import { toRawHistory } from "./raw-history.ts";

const at = (second: number, ms = 0) => Date.UTC(2026, 0, 2, 3, 4, second, ms);
const T = (second: number, fraction = "") => `2026-01-02T03:04:${String(second).padStart(2, "0")}${fraction}Z`;
const failure = {
  errorType: "RangeError",
  message: "too far",
  stack: "RangeError: too far\n    at f",
  cause: { errorType: "Error", message: "root" },
};
const a0 = eventId(0);
const a1 = eventId(1);
const t2 = eventId(2);
const s3 = eventId(3);
const s4 = eventId(4);
const parent = { no: instanceNo(1), instanceId: instanceId("p"), name: "Parent", generation: 0, taskId: a0 };
const child = { version: null, tags: null, fireAndForget: false };

const HISTORY: readonly HistoryEvent[] = [
  { kind: "OrchestratorStarted", ts: at(0) },
  {
    kind: "ExecutionStarted",
    ts: at(0, 120),
    name: "Hello",
    executionId: executionId("e"),
    generation: 0,
    seed: seed("s"),
    input: payload('{"a":1}'),
    version: "1",
    parent,
    tags: { k: "v" },
  },
  { kind: "TaskScheduled", ts: at(1), id: a0, name: "First", input: payload('"x"') },
  { kind: "TimerCreated", ts: at(1), id: t2, fireAt: at(9) },
  { kind: "OrchestratorCompleted", ts: at(1) },
  { kind: "TaskCompleted", ts: at(2), taskId: a0, result: payload('{"r":1}') },
  { kind: "EventRaised", ts: at(2), name: "Go", input: payload("7") },
  { kind: "ExecutionSuspended", ts: at(2), reason: "pause" },
  { kind: "ExecutionResumed", ts: at(2), reason: null },
  { kind: "OrchestratorStarted", ts: at(3) },
  { kind: "TaskScheduled", ts: at(3), id: a1, name: "Second", input: null, retry: { of: a0, attempt: 2 } },
  {
    kind: "SubOrchestrationInstanceCreated",
    ts: at(3),
    id: s3,
    name: "Child",
    instanceId: instanceId("c3"),
    input: payload("3"),
    ...child,
  },
  { kind: "SubOrchestrationInstanceCreated", ts: at(3), id: s4, name: "Child", instanceId: instanceId("c4"), input: null, ...child },
  { kind: "EventSent", ts: at(3), id: eventId(5), instanceId: instanceId("o"), name: "Ping", input: null },
  { kind: "TimerCanceled", ts: at(3), timerId: t2 },
  { kind: "OrchestratorCompleted", ts: at(3) },
  { kind: "TaskFailed", ts: at(4), taskId: a1, failure },
  { kind: "TimerFired", ts: at(9), timerId: t2, fireAt: at(9) },
  { kind: "SubOrchestrationInstanceCompleted", ts: at(9), taskId: s3, result: payload('"child"') },
  { kind: "ExecutionTerminated", ts: at(10), reason: "enough", recursive: true },
  { kind: "ExecutionCompleted", ts: at(10), status: "Terminated", result: payload('"enough"') },
];

const DETAILS = {
  ErrorType: "RangeError",
  ErrorMessage: "too far",
  StackTrace: "RangeError: too far\n    at f",
  InnerFailure: { ErrorType: "Error", ErrorMessage: "root", StackTrace: null, InnerFailure: null, IsNonRetriable: false, Properties: null },
  IsNonRetriable: false,
  Properties: null,
};

const FULL = [
  { EventType: "ExecutionStarted", Timestamp: T(0, ".12"), Input: '{"a":1}', FunctionName: "Hello" },
  { EventType: "TimerCreated", Timestamp: T(1), FireAt: T(9) },
  { EventType: "TaskCompleted", Timestamp: T(2), Result: { r: 1 }, ScheduledTime: T(1), FunctionName: "First", Input: '"x"' },
  { EventType: "EventRaised", Timestamp: T(2), Name: "Go", Input: "7" },
  { EventType: "ExecutionSuspended", Timestamp: T(2), Reason: "pause" },
  { EventType: "ExecutionResumed", Timestamp: T(2), Reason: null },
  { EventType: "SubOrchestrationInstanceCreated", Timestamp: T(3), Name: "Child", InstanceId: "c4", Input: null },
  { EventType: "EventSent", Timestamp: T(3), InstanceId: "o", Name: "Ping", Input: null },
  {
    EventType: "TaskFailed",
    Timestamp: T(4),
    Reason: "too far",
    Details: "RangeError: too far\n    at f",
    FailureDetails: DETAILS,
    ScheduledTime: T(3),
    FunctionName: "Second",
    Input: null,
  },
  { EventType: "TimerFired", Timestamp: T(9), FireAt: T(9) },
  {
    EventType: "SubOrchestrationInstanceCompleted",
    Timestamp: T(9),
    Result: "child",
    ScheduledTime: T(3),
    FunctionName: "Child",
    Input: "3",
  },
  { EventType: "ExecutionTerminated", Timestamp: T(10), Input: "enough" },
  { EventType: "ExecutionCompleted", Timestamp: T(10), OrchestrationStatus: "Terminated", Result: "enough" },
];

async function history(query: string, runtimeStatus: "Terminated" | "Pending" = "Terminated", events = HISTORY) {
  const api = makeApi();
  api.client.put({ id: "x", runtimeStatus, history: events });
  const response = await api.management(`/instances/x?${query}`);
  const body = await response.text();
  assertDescribed("/instances/{instanceId}", "GET", response, body);
  return JSON.parse(body).historyEvents;
}

const without = (field: string) => FULL.map((event) => Object.fromEntries(Object.entries(event).filter(([name]) => name !== field)));

describe("history shaping", () => {
  it("folds scheduled events into their completions and keeps the order", async () => {
    assert.deepEqual(await history("showHistory=true&showHistoryOutput=true"), FULL);
  });
  it("has no results unless asked", async () => {
    assert.deepEqual(await history("showHistory=true"), without("Result"));
  });
  it("has no inputs with showInput=false", async () => {
    assert.deepEqual(await history("showHistory=true&showHistoryOutput=true&showInput=false"), without("Input"));
  });
  it("is absent unless asked for, and for a Pending instance", async () => {
    assert.equal(await history(""), undefined);
    assert.equal(await history("showHistory=false"), undefined);
    assert.equal(await history("showHistory=true", "Pending"), undefined);
  });
  it("keeps a scheduled event until its completion is there, and every failed attempt", async () => {
    const events = HISTORY.slice(0, 5);
    assert.deepEqual(
      (await history("showHistory=true", "Terminated", events)).map((event: { readonly EventType: string }) => event.EventType),
      ["ExecutionStarted", "TaskScheduled", "TimerCreated"],
    );
    const retried: readonly HistoryEvent[] = [
      { kind: "TaskScheduled", ts: at(1), id: a0, name: "F", input: null },
      { kind: "TaskFailed", ts: at(2), taskId: a0, failure },
      { kind: "TaskScheduled", ts: at(3), id: a1, name: "F", input: null, retry: { of: a0, attempt: 2 } },
      { kind: "TaskFailed", ts: at(4), taskId: a1, failure },
      { kind: "ExecutionCompleted", ts: at(5), status: "Failed", result: null, failure },
      { kind: "ContinueAsNew", ts: at(5), input: payload("1") },
    ];
    assert.deepEqual(
      (await history("showHistory=true&showHistoryOutput=true", "Terminated", retried)).map(
        (event: { readonly [field: string]: unknown }) => [event.EventType, event.ScheduledTime, event.Result],
      ),
      [
        ["TaskFailed", T(1), undefined],
        ["TaskFailed", T(3), undefined],
        ["ExecutionCompleted", undefined, "too far"],
        ["ContinueAsNew", undefined, 1],
      ],
    );
  });
});

describe("raw history", () => {
  it("has every event with all it holds", () => {
    const raw = toRawHistory(HISTORY);
    assert.deepEqual(
      raw.map(({ EventType }) => EventType),
      HISTORY.map(({ kind }) => kind),
    );
    assert.deepEqual(raw[0], { EventType: "OrchestratorStarted", EventId: -1, Timestamp: T(0) });
    assert.deepEqual(raw[1], {
      EventType: "ExecutionStarted",
      EventId: -1,
      Timestamp: T(0, ".12"),
      Name: "Hello",
      Version: "1",
      Input: '{"a":1}',
      ExecutionId: "e",
      Generation: 0,
      Seed: "s",
      ParentInstance: { Name: "Parent", InstanceId: "p", TaskScheduleId: 0 },
      Tags: { k: "v" },
    });
    assert.deepEqual(raw[10], {
      EventType: "TaskScheduled",
      EventId: 1,
      Timestamp: T(3),
      Name: "Second",
      Version: null,
      Input: null,
      RetryOf: 0,
      Attempt: 2,
    });
    assert.deepEqual(raw[14], { EventType: "TimerCanceled", EventId: -1, Timestamp: T(3), TimerId: 2 });
    assert.deepEqual(raw[5], { EventType: "TaskCompleted", EventId: -1, Timestamp: T(2), TaskScheduledId: 0, Result: '{"r":1}' });
  });
});
