import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HistoryItem, Preview, WireEvent } from "../api/wire.ts";
import { byEpisode, filterRows, historyRows } from "./history-rows.ts";

const T0 = Date.UTC(2026, 10, 29, 12, 2, 11);
const preview = (text: string): Preview => ({ text, bytes: text.length, isCut: false, at: "input" });

const EVENTS: readonly WireEvent[] = [
  { kind: "OrchestratorStarted", ts: T0 },
  {
    kind: "ExecutionStarted",
    ts: T0,
    name: "FulfilOrder",
    executionId: "e",
    generation: 0,
    input: preview("{}"),
    version: "3",
    parent: null,
    tags: null,
  },
  { kind: "TaskScheduled", ts: T0, id: 0, name: "ChargeCard", input: preview("[1,2]") },
  { kind: "OrchestratorCompleted", ts: T0 },
  { kind: "TaskFailed", ts: T0 + 2_520, taskId: 0, failure: { errorType: "PaymentError", message: "timeout\nmore" }, ran: 2_100, by: 1 },
  { kind: "OrchestratorStarted", ts: T0 + 2_530 },
  { kind: "TimerCreated", ts: T0 + 2_530, id: 1, fireAt: T0 + 4_530, retryOf: 0 },
  { kind: "OrchestratorCompleted", ts: T0 + 2_530, openEvents: ["Cancelled"] },
  { kind: "TimerFired", ts: T0 + 4_530, timerId: 1, fireAt: T0 + 4_530 },
  { kind: "OrchestratorStarted", ts: T0 + 4_530 },
  { kind: "TaskScheduled", ts: T0 + 4_530, id: 2, name: "ChargeCard", input: null, retry: { of: 0, attempt: 2 } },
  { kind: "OrchestratorCompleted", ts: T0 + 4_530 },
  { kind: "TaskCompleted", ts: T0 + 6_000, taskId: 2, result: preview("true"), ran: 1_300, by: 2 },
  { kind: "OrchestratorStarted", ts: T0 + 6_000 },
  { kind: "OrchestratorCompleted", ts: T0 + 6_000 },
  { kind: "ExecutionCompleted", ts: T0 + 6_000, status: "Completed", result: preview('"ok"') },
];
const HISTORY: readonly HistoryItem[] = EVENTS.map((event, seq) => ({ seq, event }));
const rows = historyRows(HISTORY, T0 + 10_000);

describe("the lines of a history", () => {
  it("say what they are about, what is in them, and how long after what they answer they came", () => {
    const lines = filterRows(rows, "matters", "").map(({ kind, of, details, after }) => [kind, of, details, after].join(" | "));
    assert.deepEqual(lines, [
      "ExecutionStarted | FulfilOrder v3 | input 2 B | ",
      "TaskScheduled | ChargeCard | input 5 B | ",
      "TaskFailed | ChargeCard | PaymentError: timeout · in line 0.4 s · ran 2.1 s · worker 1 | +2.52 s",
      "TimerCreated | pause of ChargeCard | 2.0 s | ",
      "TimerFired | pause of ChargeCard |  | +2.00 s",
      "TaskScheduled | ChargeCard | attempt 2 | ",
      "TaskCompleted | ChargeCard | in line 0.2 s · ran 1.3 s · worker 2 · result 4 B | +1.47 s",
      "ExecutionCompleted |  | Completed · result 4 B | ",
    ]);
  });

  it("stand by the episode that they began, or that wrote them", () => {
    const episodes = byEpisode(filterRows(rows, "matters", ""), rows);
    assert.deepEqual(
      episodes.map(({ number, because, rows: own }) => [number, because, own.map(({ seq }) => seq)]),
      [
        [1, "started by a message", [1, 2]],
        [2, "ChargeCard failed", [4, 6]],
        [3, "the pause is over", [8, 10]],
        [4, "ChargeCard completed", [12, 15]],
      ],
    );
  });

  it("are found by kind, and by words anywhere in them", () => {
    const found = (filter: "failed" | "matters" | "all", text: string) => filterRows(rows, filter, text).map(({ seq }) => seq);
    assert.deepEqual(found("failed", ""), [4]);
    assert.deepEqual(found("matters", "chargecard WORKER"), [4, 12]);
    assert.deepEqual(found("all", "waits cancelled"), [7]);
  });

  it("of a part of a history name what is there", () => {
    const tail = historyRows(HISTORY.slice(12), T0);
    assert.deepEqual([tail[0]?.of, tail[0]?.after, tail[0]?.details], ["", "", "ran 1.3 s · worker 2 · result 4 B"]);
  });
});
