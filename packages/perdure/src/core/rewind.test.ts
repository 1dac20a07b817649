import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent } from "../model/history.ts";
import { eventId, executionId, instanceId, seed } from "../model/ids.ts";
import type { EditOrder } from "./edit-mark.ts";
import { editedHistory } from "./edit-mark.ts";
import { cutBefore, draftOf, withoutFailures } from "./rewind.ts";

/** Events in few words: `A1` schedules activity 1, `a1` completes it, `f1` fails it; `T2`, `t2`, `x2` of timers; `E` an external event; `[` and `]` an episode. */
function events(text: string): readonly HistoryEvent[] {
  return text.split(" ").map((word, at): HistoryEvent => {
    const ts = 100 + at;
    const id = eventId(Number(word.slice(1)));
    const failure = { errorType: "Error", message: "x" };
    switch (word.charAt(0)) {
      case "[":
        return { kind: "OrchestratorStarted", ts };
      case "]":
        return { kind: "OrchestratorCompleted", ts };
      case "A":
        return { kind: "TaskScheduled", ts, id, name: "a", input: null };
      case "a":
        return { kind: "TaskCompleted", ts, taskId: id, result: null };
      case "f":
        return { kind: "TaskFailed", ts, taskId: id, failure };
      case "T":
        return { kind: "TimerCreated", ts, id, fireAt: ts + 1_000 };
      case "t":
        return { kind: "TimerFired", ts, timerId: id, fireAt: ts };
      case "x":
        return { kind: "TimerCanceled", ts, timerId: id };
      case "E":
        return { kind: "EventRaised", ts, name: "E", input: null };
      default:
        return { kind: "ExecutionCompleted", ts, status: "Failed", result: null, failure };
    }
  });
}

const LETTERS: { readonly [kind: string]: string } = {
  OrchestratorStarted: "[",
  OrchestratorCompleted: "]",
  TaskScheduled: "A",
  TaskCompleted: "a",
  TaskFailed: "f",
  TimerCreated: "T",
  TimerFired: "t",
  TimerCanceled: "x",
  EventRaised: "E",
  ExecutionRewound: "|",
};
const textOf = (list: readonly HistoryEvent[]): string =>
  list
    .map((event) => {
      const id = "id" in event ? event.id : "taskId" in event ? event.taskId : "timerId" in event ? event.timerId : "";
      return `${LETTERS[event.kind]}${id}`;
    })
    .join(" ");

const causedBy = (history: readonly HistoryEvent[], ...ids: readonly number[]): readonly HistoryEvent[] =>
  history.map((event) => (event.kind === "ExecutionCompleted" ? { ...event, causedBy: ids.map(eventId) } : event));

const ORDER: EditOrder = {
  kind: "ExecutionRewound",
  reason: null,
  executionId: executionId("again"),
  seed: seed("again"),
  from: { instanceId: instanceId("i"), executionId: executionId("first"), generation: 3 },
  generation: 3,
  now: 5_000,
};

const REWINDS: readonly (readonly [title: string, before: string, causes: readonly number[] | null, after: string])[] = [
  ["the failure that is named as the cause", "[ A0 A1 ] a0 f1 [ ] $", [1], "[ A0 A1 ] a0 [ ] |"],
  ["a failure that was thrown later", "[ A0 ] f0 [ A1 ] a1 [ ] $", [0], "[ A0 ] [ A1 ] a1 [ ] |"],
  ["several", "[ A0 A1 A2 ] f0 a1 [ ] f2 [ ] $", [0, 2], "[ A0 A1 A2 ] a1 [ ] [ ] |"],
  ["the firing of a timer", "[ T0 ] t0 [ ] $", [0], "[ T0 ] [ ] |"],
  ["of an older history: what its last episode was given", "[ A0 A1 ] f0 [ A2 ] a1 f2 [ ] $", null, "[ A0 A1 ] f0 [ A2 ] a1 [ ] |"],
  ["no failure at all: the last episode is taken back", "[ A0 ] a0 E [ A1 ] $", null, "[ A0 ] | a0 E"],
  ["an error in the first episode", "E [ A0 ] $", null, "| E"],
  ["a cause that is not there: the last episode is taken back", "[ A0 ] a0 [ ] $", [7], "[ A0 ] | a0"],
  ["an end without an episode", "[ A0 ] a0 $", null, "[ A0 ] | a0"],
];

for (const [title, before, causes, after] of REWINDS) {
  test(`what a rewind takes out: ${title}`, () => {
    const history = causes === null ? events(before) : causedBy(events(before), ...causes);
    assert.equal(textOf(editedHistory(history, withoutFailures(history), ORDER)), after);
  });
}

const CUTS: readonly (readonly [before: string, episode: number, after: string])[] = [
  ["[ A0 ] a0 [ A1 A2 ] a2 E [ A3 ] a1 a3 [ ]", 3, "[ A0 ] a0 [ A1 A2 ] | a2 E a1"],
  ["[ A0 ] a0 [ A1 A2 ] a2 E [ A3 ] a1 a3 [ ]", 2, "[ A0 ] | a0 E"],
  ["[ A0 ] a0 [ A1 A2 ] a2 E [ A3 ] a1 a3 [ ]", 1, "| E"],
  ["[ A0 ] a0 [ A1 A2 ] a2 E [ A3 ] a1 a3 [ ] E f1", 9, "[ A0 ] a0 [ A1 A2 ] a2 E [ A3 ] a1 a3 [ ] | E f1"],
  ["[ A0 T1 ] a0 [ x1 A2 ]", 2, "[ A0 T1 ] | a0"],
  ["[ A0 T1 ] t1 [ A2 ]", 2, "[ A0 T1 ] | t1"],
];

for (const [before, episode, after] of CUTS) {
  test(`${before}, cut before episode ${episode}`, () => {
    const history = events(before);
    assert.equal(textOf(editedHistory(history, cutBefore(draftOf(history), episode), ORDER)), after);
  });
}

const markOf = (history: readonly HistoryEvent[]) => {
  const mark = history.findLast((event) => event.kind === "ExecutionRewound");
  assert.ok(mark?.kind === "ExecutionRewound");
  return mark;
};

test("the mark says what was done, and time does not fall behind it", () => {
  const history = causedBy(events("[ A0 T1 ] f0 E [ ] $"), 0);
  const edited = editedHistory(history, withoutFailures(history), ORDER);
  const { edited: ids, firstEdited, droppedEpisodes, replies, timers } = markOf(edited);
  assert.deepEqual([ids, firstEdited, droppedEpisodes, replies, timers], [[0], 2, 0, [{ generation: 3, upTo: 1 }], undefined]);
  assert.deepEqual(
    edited.map(({ ts }) => ts),
    [...edited.map(({ ts }) => ts)].sort((a, b) => a - b),
  );
});

test("a timer that timed out gets its full time, others keep theirs, also through a second rewind that cuts the mark away", () => {
  const history = causedBy(events("[ T0 T1 ] t0 [ A2 ] a2 [ ] $"), 0);
  const first = editedHistory(history, withoutFailures(history), ORDER);
  assert.deepEqual(markOf(first).timers, [{ id: 0, fireAt: 6_000 }]);
  const later = [...first, ...events("[ A3 ]")];
  const second = editedHistory(later, cutBefore(draftOf(later), 2), { ...ORDER, generation: 4, now: 5_500 });
  assert.equal(textOf(second), "[ T0 T1 ] |");
  assert.deepEqual(markOf(second).timers, [{ id: 0, fireAt: 6_000 }]);
});

test("a timer that fired at the time to which a mark had moved it has that time too when the mark is cut away", () => {
  const history = causedBy(events("[ T0 A1 ] t0 [ ] $"), 0);
  const first = editedHistory(history, withoutFailures(history), { ...ORDER, now: 5_000 });
  const fired: HistoryEvent = { kind: "TimerFired", ts: 6_001, timerId: eventId(0), fireAt: 6_000 };
  const later = [...first, fired, ...events("[ ]").map((event) => ({ ...event, ts: 6_001 }))];
  assert.deepEqual(markOf(first).timers, [{ id: 0, fireAt: 6_000 }]);
  const second = editedHistory(later, cutBefore(draftOf(later), 2), { ...ORDER, generation: 4, now: 6_500 });
  assert.equal(textOf(second), "[ T0 A1 ] | t0");
  assert.deepEqual(markOf(second).timers, [{ id: 0, fireAt: 6_000 }]);
});

test("answers to earlier generations count for calls that stay, and for no number that is given again", () => {
  const first = editedHistory(events("[ A0 A1 A2 ]"), draftOf(events("[ A0 A1 A2 ]")), { ...ORDER, generation: 0 });
  assert.deepEqual(markOf(first).replies, [{ generation: 0, upTo: 2 }]);
  const later = [...first, ...events("[ A3 ] a0 [ A4 ]")];
  const second = editedHistory(later, cutBefore(draftOf(later), 3), { ...ORDER, generation: 1 });
  assert.deepEqual(markOf(second).replies, [
    { generation: 0, upTo: 2 },
    { generation: 1, upTo: 3 },
  ]);
  const third = editedHistory(later, cutBefore(draftOf(later), 1), { ...ORDER, generation: 1 });
  assert.deepEqual(markOf(third).replies, [
    { generation: 0, upTo: -1 },
    { generation: 1, upTo: -1 },
  ]);
});
