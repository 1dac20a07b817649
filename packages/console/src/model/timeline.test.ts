import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { HistoryItem, WireEvent } from "../api/wire.ts";
import type { TimelineRow } from "./timeline.ts";
import { split } from "./timeline.ts";
import { foldTimeline, withChild } from "./timeline-fold.ts";
import { placeOf, timeScale } from "./timeline-scale.ts";
import { inLineOf, lengthText, noteText, rowSentence } from "./timeline-text.ts";
import { breaksOf, ticksOf } from "./timeline-ticks.ts";

const T0 = Date.UTC(2026, 10, 29, 12, 2, 11);

const started: WireEvent = {
  ...{
    kind: "ExecutionStarted",
    ts: T0,
    name: "FulfilOrder",
    executionId: "e",
    generation: 0,
    input: null,
    version: "3",
    parent: null,
    tags: null,
  },
};
const failure = { errorType: "CarrierError", message: "503 Service Unavailable" };
const numbered = (events: readonly WireEvent[]): readonly HistoryItem[] => events.map((event, seq) => ({ seq, event }));
const at = (seconds: number): number => T0 + seconds * 1_000;
const activity = (id: number, name: string, seconds: number, retry?: { of: number; attempt: number }): WireEvent => ({
  ...{ kind: "TaskScheduled", ts: at(seconds), id, name, input: null },
  ...(retry === undefined ? {} : { retry }),
});
const completed = (taskId: number, seconds: number, ran?: number): WireEvent => ({
  ...{ kind: "TaskCompleted", ts: at(seconds), taskId, result: null },
  ...(ran === undefined ? {} : { ran: ran * 1_000, by: 2 }),
});
const failed = (taskId: number, seconds: number, ran: number): WireEvent => ({
  ...{ kind: "TaskFailed", ts: at(seconds), taskId, failure, ran: ran * 1_000, by: 2 },
});
const pause = (id: number, seconds: number, until: number, retryOf: number): WireEvent => ({
  ...{ kind: "TimerCreated", ts: at(seconds), id, fireAt: at(until), retryOf },
});
const fired = (timerId: number, seconds: number): WireEvent => ({ kind: "TimerFired", ts: at(seconds), timerId, fireAt: at(seconds) });
const waits = (seconds: number, ...openEvents: readonly string[]): WireEvent => ({
  kind: "OrchestratorCompleted",
  ts: at(seconds),
  openEvents,
});
const raised = (name: string, seconds: number): WireEvent => ({ kind: "EventRaised", ts: at(seconds), name, input: null });
const fold = (events: readonly WireEvent[]) => foldTimeline(numbered([started, ...events]));
const rowNamed = (rows: readonly TimelineRow[], name: string): TimelineRow => rows.find((row) => row.name === name)!;
const shapes = ({ segments }: TimelineRow) =>
  segments.map(
    ({ kind, from, to, isFailed }) => `${kind}${isFailed ? "!" : ""} ${(from - T0) / 1_000}-${to === null ? "" : (to - T0) / 1_000}`,
  );

describe("the rows of a timeline", () => {
  it("tell in line from running", () => {
    const { rows } = fold([activity(0, "Pack", 1), completed(0, 21.2, 14)]);
    const row = rowNamed(rows, "Pack");
    assert.deepEqual(shapes(row), ["inLine 1-7.2", "ran 7.2-21.2"]);
    assert.equal(lengthText(row, at(100)), "6.2 + 14.0 s");
    assert.equal(inLineOf(rows), 6_200);
  });

  it("do not mix the two where the history does not tell them apart", () => {
    assert.deepEqual(shapes(rowNamed(fold([activity(0, "Pack", 1), completed(0, 3)]).rows, "Pack")), ["unsplit 1-3"]);
    const open = numbered([started, activity(0, "Pack", 1)]);
    assert.deepEqual(shapes(rowNamed(foldTimeline(open).rows, "Pack")), ["unsplit 1-"]);
    const inLine = foldTimeline(open, { open: [{ eventId: 0, inLineUntil: Number.POSITIVE_INFINITY, note: "in line" }] });
    assert.deepEqual(shapes(rowNamed(inLine.rows, "Pack")), ["inLine 1-"]);
    assert.equal(noteText(rowNamed(inLine.rows, "Pack")), "in line");
    const atOwner = foldTimeline(open, { open: [{ eventId: 0, inLineUntil: at(60), note: "" }] });
    assert.deepEqual(shapes(rowNamed(atOwner.rows, "Pack")), ["inLine 1-60", "unsplit 60-"]);
  });

  it("have all attempts of a call in one, with the pauses between them", () => {
    const { rows } = fold([
      activity(0, "Ship", 1),
      failed(0, 3, 2),
      pause(1, 3, 8, 0),
      fired(1, 8),
      activity(2, "Ship", 8, { of: 0, attempt: 2 }),
      failed(2, 10, 1),
      pause(3, 10, 106, 2),
    ]);
    const row = rowNamed(rows, "Ship");
    assert.equal(rows.length, 2);
    assert.deepEqual(shapes(row), ["ran! 1-3", "pause 3-8", "inLine 8-9", "ran! 9-10", "pause 10-"]);
    assert.deepEqual(
      row.attempts.map(({ number, nextAt }) => [number, nextAt]),
      [
        [1, at(8)],
        [2, at(106)],
      ],
    );
    assert.deepEqual([row.state, row.dueAt, noteText(row)], ["open", at(106), "attempt 2"]);
    assert.match(
      rowSentence(row, at(100)),
      /attempt 2: in line 1\.0 s, ran 1\.0 s on worker 2, failed with CarrierError: 503 Service Unavailable, due today/,
    );
  });

  it("show what an event was waited for, in one row for each name", () => {
    const { rows } = fold([waits(1, "Approved"), raised("approved", 5), waits(5, "Approved"), waits(9), raised("Other", 10)]);
    const row = rowNamed(rows, "Approved");
    assert.deepEqual(shapes(row), ["event 1-5", "event 5-9"]);
    assert.deepEqual(
      row.points.map(({ text }) => text),
      ["raised"],
    );
    assert.deepEqual(
      rowNamed(rows, "Other").points.map(({ text }) => text),
      ["raised, before it was waited for"],
    );
  });

  it("take back the end of a wait whose event did not fit", () => {
    const refused: WireEvent = { kind: "OrchestratorCompleted", ts: at(5), droppedEvents: [0], openEvents: ["Approved"] };
    assert.deepEqual(shapes(rowNamed(fold([waits(1, "Approved"), raised("Approved", 5), refused]).rows, "Approved")), ["event 1-"]);
  });

  it("keep open waits together at the end", () => {
    const timer: WireEvent = { kind: "TimerCreated", ts: at(1), id: 5, fireAt: at(90_000) };
    const { rows } = fold([timer, waits(1, "Cancelled"), activity(0, "Ship", 2), completed(0, 3, 1)]);
    assert.deepEqual(
      rows.map(({ name }) => name),
      ["FulfilOrder", "Ship", "Timer", "Cancelled"],
    );
    assert.equal(lengthText(rowNamed(rows, "Timer"), at(10)), "24 h 59 m left".replace("24 h 59 m", "1 d 1 h"));
  });

  it("end with the instance", () => {
    const end: WireEvent = { kind: "ExecutionCompleted", ts: at(9), status: "Terminated", result: null };
    const { rows, end: endedAt } = fold([activity(0, "Ship", 2), waits(3, "Cancelled"), end]);
    assert.equal(endedAt, at(9));
    assert.deepEqual(
      rows.map(({ state, end: to }) => [state, to]),
      [
        ["canceled", at(9)],
        ["canceled", at(9)],
        ["canceled", at(9)],
      ],
    );
  });

  it("show suspensions, locks, children that nobody waits for, and messages", () => {
    const child = { name: "Pack", input: null, version: null, tags: null };
    const { rows } = fold([
      { kind: "ExecutionSuspended", ts: at(2), reason: null },
      { kind: "ExecutionResumed", ts: at(4), reason: null },
      { kind: "EntityLockRequested", ts: at(4), id: 0, entities: ["@stock@a"] },
      { kind: "EntityLockGranted", ts: at(6), taskId: 0 },
      { kind: "EntityUnlockSent", ts: at(8), lockId: 0 },
      { kind: "SubOrchestrationInstanceCreated", ts: at(8), id: 1, instanceId: "c1", fireAndForget: true, ...child },
      { kind: "EventSent", ts: at(9), id: 2, instanceId: "o", name: "Ping", input: null },
    ]);
    assert.deepEqual(shapes(rows[0]!), ["instance 0-2", "suspended 2-4", "instance 4-"]);
    assert.deepEqual(shapes(rowNamed(rows, "@stock@a")), ["inLine 4-6", "held 6-8"]);
    assert.deepEqual([rowNamed(rows, "Pack").state, rowNamed(rows, "Pack").points[0]?.text], ["done", "started, and not waited for"]);
    assert.equal(rowNamed(rows, "Ping").note, "to o");
  });

  it("begin again with a rewind, mark it, and mark where another worker took over", () => {
    const rewound: WireEvent = {
      ...{
        kind: "ExecutionRewound",
        ts: at(50),
        reason: null,
        executionId: "f",
        seed: "s",
        replies: [],
        edited: [0],
        firstEdited: 1,
        droppedEpisodes: 1,
      },
      from: { instanceId: "x", executionId: "e", generation: 0 },
    };
    const history = numbered([started, activity(0, "Ship", 2), rewound, completed(0, 54, 3)]);
    const { rows } = foldTimeline(history, { takeovers: [{ at: at(20), worker: 4 }] });
    assert.deepEqual(shapes(rowNamed(rows, "Ship")), ["inLine 50-51", "ran 51-54"]);
    assert.deepEqual(
      rows[0]?.points.map(({ kind }) => kind),
      ["takeover", "edited"],
    );
  });

  it("of a child stand below it, with keys of their own", () => {
    const parent = fold([
      {
        kind: "SubOrchestrationInstanceCreated",
        ts: at(1),
        id: 0,
        name: "Pack",
        instanceId: "c",
        input: null,
        version: null,
        tags: null,
        fireAndForget: false,
      },
      activity(1, "Ship", 2),
    ]);
    const child = fold([activity(0, "Weigh", 3)]);
    const rows = withChild(parent.rows, "call:0", child);
    assert.deepEqual(
      rows.map(({ key, depth }) => [key, depth]),
      [
        ["instance", 0],
        ["call:0", 1],
        ["call:0/call:0", 2],
        ["call:1", 1],
      ],
    );
  });
});

/** Histories as the engine writes them: calls with attempts, each in line and then running, in the order of their times. */
const histories = fc
  .array(
    fc.record({
      begin: fc.nat(100_000),
      attempts: fc.array(fc.record({ total: fc.nat(50_000), ran: fc.option(fc.nat(60_000)), pause: fc.integer({ min: 1, max: 50_000 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      isOpen: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((calls) => {
    const events: WireEvent[] = [];
    let id = 0;
    for (const { begin, attempts, isOpen } of calls) {
      const first = id;
      let ts = T0 + begin;
      attempts.forEach(({ total, ran, pause: wait }, index) => {
        const isLast = index === attempts.length - 1;
        const attempt = id++;
        events.push({
          kind: "TaskScheduled",
          ts,
          id: attempt,
          name: `A${first}`,
          input: null,
          ...(index === 0 ? {} : { retry: { of: first, attempt: index + 1 } }),
        });
        if (isLast && isOpen) return;
        ts += total;
        const told = ran === null ? {} : { ran, by: 1 };
        if (isLast) events.push({ kind: "TaskCompleted", ts, taskId: attempt, result: null, ...told });
        else {
          events.push({ kind: "TaskFailed", ts, taskId: attempt, failure, ...told });
          const timer = id++;
          events.push({ kind: "TimerCreated", ts, id: timer, fireAt: ts + wait, retryOf: attempt });
          ts += wait;
          events.push({ kind: "TimerFired", ts, timerId: timer, fireAt: ts });
        }
      });
    }
    return numbered([started, ...events.sort((a, b) => a.ts - b.ts)]);
  });

describe("of any history", () => {
  it("in line and running are all of an attempt, and no part of a row begins before the one in front of it has ended", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const now = T0 + 600_000;
        for (const row of foldTimeline(history).rows) {
          for (const { inLine, ran, total } of row.attempts) if (inLine !== null && ran !== null) assert.equal(inLine + ran, total);
          let before = row.start;
          for (const { from, to } of row.segments) {
            assert.ok(from >= before, `${row.key}: a part begins at ${from}, before ${before}`);
            before = to ?? now;
            assert.ok(before >= from, `${row.key}: a part ends before it begins`);
          }
          if (row.end !== null) assert.ok(before <= row.end, `${row.key}: a part ends behind its row`);
        }
      }),
    );
  });

  it("a split adds up, whatever two clocks have said", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (scheduled, ended, told) => {
        const { inLine, ran } = split(scheduled, ended, told);
        return inLine >= 0 && ran >= 0 && inLine + ran === Math.max(0, ended - scheduled);
      }),
    );
  });

  it("a scale rises, uses its width, and draws what runs to one measure", () => {
    fc.assert(
      fc.property(histories, fc.boolean(), fc.array(fc.nat(700_000), { maxLength: 20 }), (history, compresses, moments) => {
        const now = T0 + 600_000;
        const { rows, start } = foldTimeline(history);
        const scale = timeScale({ rows, from: start, to: now, isOpen: false, width: 500, compresses });
        assert.equal(placeOf(scale, start), 0);
        assert.ok(Math.abs(placeOf(scale, now) - 500) < 0.001);
        const places = moments.sort((a, b) => a - b).map((moment) => placeOf(scale, T0 + moment));
        places.reduce((before, place) => {
          assert.ok(place >= before - 1e-9);
          return place;
        }, 0);
        const measures = scale.pieces.filter((piece) => !piece.isBreak).map(({ from, to, left, right }) => (right - left) / (to - from));
        for (const measure of measures) assert.ok(Math.abs(measure - measures[0]!) <= measures[0]! * 1e-6);
        for (const piece of scale.pieces.filter(({ isBreak }) => isBreak))
          for (const { segments } of rows)
            for (const { kind, from, to } of segments)
              if (kind === "ran" || kind === "inLine" || kind === "unsplit")
                assert.ok((to ?? now) <= piece.from || from >= piece.to, "a break cuts what runs");
      }),
    );
  });
});

describe("a scale", () => {
  it("draws a long wait short, and says how long it is", () => {
    const { rows, start } = fold([
      activity(0, "Load", 0),
      completed(0, 0.4, 0.4),
      activity(1, "Ask", 0.4),
      completed(1, 2, 1.2),
      waits(2, "Approved"),
    ]);
    const scale = timeScale({ rows, from: start, to: at(8_000), isOpen: true, width: 800, compresses: true });
    assert.deepEqual(
      breaksOf(scale).map(({ text }) => text),
      ["2 h 13 m"],
    );
    assert.ok(placeOf(scale, at(2)) > 200, "what runs has room");
    assert.equal(timeScale({ rows, from: start, to: at(8_000), isOpen: true, width: 800, compresses: false }).pieces.length, 1);
  });

  it("leaves an instance alone that does nothing but wait", () => {
    const { rows, start } = fold([waits(0.005, "Approved")]);
    const scale = timeScale({ rows, from: start, to: at(8_000), isOpen: true, width: 800, compresses: true });
    assert.equal(scale.pieces.length, 1);
  });

  it("has ticks at round times, with room for their labels", () => {
    const { rows, start } = fold([activity(0, "Load", 0), completed(0, 100, 100)]);
    const ticks = ticksOf(timeScale({ rows, from: start, to: at(100), isOpen: true, width: 500, compresses: true }));
    assert.deepEqual(
      ticks.map(({ text }) => text),
      [null, "+20 s", "+40 s", "+60 s", "+80 s"],
    );
    const late = fold([activity(0, "Ask", 0), completed(0, 1, 1), activity(1, "Load", 7_200), completed(1, 7_203, 3)]);
    const after = ticksOf(timeScale({ rows: late.rows, from: late.start, to: at(7_203), isOpen: false, width: 900, compresses: true }));
    const texts = after.filter(({ at: time }) => time > at(7_000)).map(({ text }) => text);
    assert.ok(texts.length > 2);
    assert.deepEqual(new Set(texts), new Set([null]), "by the time of day: +2 h would stand there several times");
    fc.assert(
      fc.property(histories, fc.integer({ min: 200, max: 1_600 }), (history, width) => {
        const timeline = foldTimeline(history);
        const whole = { rows: timeline.rows, from: timeline.start, to: T0 + 600_000, isOpen: true, width, compresses: true };
        const places = ticksOf(timeScale(whole)).map(({ place }) => place);
        places.reduce((before, place) => {
          assert.ok(place - before >= 84 || place === 0, `${place} behind ${before}`);
          return place;
        });
      }),
    );
  });
});
