import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../model/action.ts";
import type { EpisodeOutcome } from "../model/executor.ts";
import { eventId, executionId, instanceId, instanceNo, workerId } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import { payload } from "../model/payload.ts";
import type { EpisodeRun } from "./apply-episode.ts";
import { applyEpisode, freshEvents } from "./apply-episode.ts";
import { foldAll } from "./fold.ts";
import { nextWake } from "./next-wake.ts";
import { receive } from "./receive.ts";
import type { InstanceState } from "./state.ts";
import { beginGeneration, newState } from "./state.ts";

const NONE: ReadonlySet<never> = new Set();
const mint = () => executionId("minted");

function born(changes: Partial<Parameters<typeof newState>[0]> = {}): InstanceState {
  return newState({
    no: instanceNo(7),
    instanceId: instanceId("order-1"),
    name: "Order",
    version: null,
    parent: null,
    tags: null,
    startAt: null,
    generation: 0,
    executionId: executionId("e0"),
    input: payload('"in"'),
    customStatus: null,
    createdAt: 1_000,
    ...changes,
  });
}

/** One whole episode: receive, run, apply, fold. */
function episode(state: InstanceState, messages: readonly Message[], now: number, run: Partial<EpisodeRun> = {}) {
  const reception = receive(state, messages, now);
  const commit = applyEpisode(state, reception, reception.decision === "run" ? { actions: [], outcome: null, ...run } : null, mint);
  foldAll(state, commit.events);
  return { reception, commit, kinds: commit.events.map((event) => event.kind) };
}

const call = (id: number, name = "Ship"): Action => ({ kind: "callActivity", id: eventId(id), name, input: null });
const timer = (id: number, fireAt: number): Action => ({ kind: "createTimer", id: eventId(id), fireAt });
const done = (taskId: number, generation = 0): Extract<Message, { readonly kind: "taskCompleted" | "taskFailed" }> => ({
  kind: "taskCompleted",
  ts: 0,
  generation,
  taskId: eventId(taskId),
  result: payload("1"),
});
const raised = (name: string, ts = 0, messageId?: string): Message => ({
  kind: "event",
  ts,
  name,
  input: null,
  ...(messageId === undefined ? {} : { messageId }),
});

test("the history of a chain reads in the order that people follow it", () => {
  const state = born();
  const kinds = [
    ...episode(state, [], 1_001, { actions: [call(0)] }).kinds,
    ...episode(state, [done(0)], 1_002, { actions: [call(1)] }).kinds,
    ...episode(state, [done(1)], 1_003, { outcome: { kind: "completed", output: payload("2") } }).kinds,
  ];
  assert.deepEqual(kinds, [
    ...["OrchestratorStarted", "ExecutionStarted", "TaskScheduled", "OrchestratorCompleted"],
    ...["TaskCompleted", "OrchestratorStarted", "TaskScheduled", "OrchestratorCompleted"],
    ...["TaskCompleted", "OrchestratorStarted", "OrchestratorCompleted", "ExecutionCompleted"],
  ]);
  assert.equal(state.status, "Completed");
});

test("a completion is recorded with how long it ran and where, if that is known", () => {
  const state = born();
  const ranAt = { ran: 12, by: workerId(3) };
  episode(state, [], 1_001, { actions: [call(0), call(1), call(2)] });
  const failure = { errorType: "Error", message: "no" };
  const failed: Message = { kind: "taskFailed", ts: 0, generation: 0, taskId: eventId(1), result: null, failure };
  const { commit } = episode(state, [{ ...done(0), ...ranAt }, { ...failed, ...ranAt }, done(2)], 1_002);
  assert.deepEqual(commit.events.slice(0, 3), [
    { kind: "TaskCompleted", ts: 1_002, taskId: 0, result: "1", ...ranAt },
    { kind: "TaskFailed", ts: 1_002, taskId: 1, failure, ...ranAt },
    { kind: "TaskCompleted", ts: 1_002, taskId: 2, result: "1" },
  ]);
});

test("a completion is recorded once, and only for the generation that asked", () => {
  const state = born();
  episode(state, [], 1_001, { actions: [call(0)] });
  assert.deepEqual(episode(state, [done(0, 3), done(9)], 1_002).kinds, []);
  const { kinds } = episode(state, [done(0), done(0)], 1_003);
  assert.deepEqual(kinds, ["TaskCompleted", "OrchestratorStarted", "OrchestratorCompleted"]);
  assert.deepEqual(episode(state, [done(0)], 1_004).kinds, []);
});

test("an event with a message id that was seen is dropped, also within one delivery", () => {
  const state = born();
  episode(state, [raised("A", 0, "m1"), raised("A", 0, "m1")], 1_001);
  const again = receive(state, [raised("A", 0, "m1"), raised("A", 0, "m2")], 1_002);
  assert.deepEqual(
    again.events.map((event) => event.kind),
    ["EventRaised"],
  );
});

test("due timers stand before what was accepted after them, and never fire early", () => {
  const state = born();
  episode(state, [], 1_001, { actions: [timer(0, 2_000), timer(1, 1_500), timer(2, 9_000)] });
  const early = receive(state, [], 1_499);
  assert.deepEqual([early.decision, early.events.length], ["record", 0]);
  const { events } = receive(state, [raised("before", 1_400), raised("after", 1_600)], 2_100);
  assert.deepEqual(
    events.map((event) => (event.kind === "TimerFired" ? event.timerId : event.kind === "EventRaised" ? event.name : event.kind)),
    ["before", 1, "after", 0],
  );
});

test("the instance's clock never falls, whatever the caller's does", () => {
  const state = born();
  episode(state, [], 5_000);
  assert.equal(receive(state, [raised("A")], 4_000).at, 5_000);
});

test("while suspended everything is recorded and nothing runs; resume delivers it in order", () => {
  const state = born();
  episode(state, [], 1_001, { actions: [call(0), timer(1, 1_500)] });
  assert.equal(episode(state, [{ kind: "suspend", ts: 0, reason: "audit" }], 1_002).reception.decision, "record");
  assert.equal(state.status, "Suspended");
  assert.deepEqual(episode(state, [done(0), raised("A")], 1_600).kinds, ["TaskCompleted", "EventRaised", "TimerFired"]);
  const reception = receive(state, [{ kind: "resume", ts: 0, reason: null }], 1_700);
  assert.equal(reception.decision, "run");
  assert.deepEqual(
    freshEvents(state, reception).map((event) => event.kind),
    ["ExecutionSuspended", "TaskCompleted", "EventRaised", "TimerFired", "ExecutionResumed", "OrchestratorStarted"],
  );
  foldAll(state, reception.events);
  assert.equal(state.status, "Running");
});

test("suspend and resume alone are recorded without an episode", () => {
  const state = born();
  episode(state, [], 1_001);
  const both: Message[] = [
    { kind: "suspend", ts: 0, reason: null },
    { kind: "resume", ts: 0, reason: null },
  ];
  assert.deepEqual(episode(state, both, 1_002).kinds, ["ExecutionSuspended", "ExecutionResumed"]);
  assert.deepEqual(episode(state, [{ kind: "resume", ts: 0, reason: null }], 1_003).kinds, []);
});

test("a scheduled start waits, records what comes, and starts with it", () => {
  const state = born({ startAt: 5_000 });
  assert.equal(nextWake(state, NONE), 5_000);
  assert.deepEqual(episode(state, [raised("A")], 1_500).kinds, ["EventRaised"]);
  assert.equal(state.status, "Pending");
  const { reception } = episode(state, [], 5_000);
  assert.equal(reception.decision, "run");
  assert.equal(state.started, true);
});

test("terminate ends without user code, tells the parent, and cascades only when asked", () => {
  const parent = { no: instanceNo(1), instanceId: instanceId("p"), name: "P", generation: 2, taskId: eventId(4) };
  for (const recursive of [false, true]) {
    const state = born({ parent });
    const child: Action = {
      kind: "callSubOrchestrator",
      id: eventId(0),
      name: "Child",
      instanceId: instanceId("c"),
      minted: false,
      input: null,
      version: null,
      tags: null,
    };
    episode(state, [], 1_001, { actions: [child] });
    const { commit, reception } = episode(state, [{ kind: "terminate", ts: 0, reason: "stop", recursive }, raised("late")], 1_002);
    assert.equal(reception.taken, 1);
    assert.deepEqual(commit.end, { status: "Terminated", output: '"stop"', successor: null });
    const targets = commit.messages.map(({ to }) => ("no" in to ? to.no : to.instanceId));
    assert.deepEqual(targets, recursive ? ["c", 1] : [1]);
    assert.equal(state.status, "Terminated");
  }
});

test("continue-as-new begins an empty history with the events that were not waited for", () => {
  const state = born();
  const carryOver = [{ kind: "EventRaised", ts: 900, name: "A", input: null } as const];
  const outcome = { kind: "continuedAsNew", input: payload("2"), carryOver } as const;
  const { commit, kinds } = episode(state, [], 1_001, { actions: [call(0)], outcome });
  assert.deepEqual(kinds.slice(-2), ["ContinueAsNew", "ExecutionCompleted"]);
  assert.equal(state.status, "ContinuedAsNew");
  assert.ok(commit.next !== null);
  beginGeneration(state, commit.next);
  foldAll(state, commit.next.carryOver);
  assert.deepEqual([state.generation, state.nextSeq, state.waiting.length, state.activities.size], [1, 1, 1, 0]);
  assert.equal(nextWake(state, NONE), "now");
  const { reception } = episode(state, [], 1_002);
  assert.equal(reception.decision, "run");
});

test("continue-as-new keeps ids of messages: of half an hour, the last 256, and not of those that come again as events", () => {
  const state = born();
  const next = (now: number, ...messages: readonly Message[]) => {
    const last = messages.at(-1);
    const carryOver = last?.kind === "event" ? [{ ...last, kind: "EventRaised" } as const] : [];
    const { commit } = episode(state, messages, now, { outcome: { kind: "continuedAsNew", input: null, carryOver } });
    assert.ok(commit.next !== null);
    beginGeneration(state, commit.next);
    foldAll(state, commit.next.carryOver);
    return commit.next.carryOver;
  };
  const ids = ([kept]: ReturnType<typeof next>) => (kept?.kind === "MessageIdsKept" ? kept.ids.map(({ id }) => id) : []);
  assert.deepEqual(ids(next(2_000, raised("Go", 0, "a"), raised("Go", 0, "b"), raised("Go", 0, "later"))), ["a", "b"]);
  assert.deepEqual([...state.messageIds.keys()], ["a", "b", "later"]);
  assert.deepEqual(episode(state, [raised("Go", 0, "a"), raised("Go", 0, "later")], 2_001).kinds.includes("EventRaised"), false);
  assert.deepEqual(ids(next(1_800_000, raised("Go", 0, "c"), raised("Go"))), ["a", "b", "later", "c"]);
  assert.deepEqual(ids(next(2_000_000_000, raised("Go", 0, "d"), raised("Go"))), ["d"]);
  const many = Array.from({ length: 300 }, (_, n) => raised("Go", 0, `many ${n}`));
  assert.deepEqual(
    ids(next(2_000_000_001, ...many, raised("Go"))),
    many.slice(-256).map((message) => (message.kind === "event" ? message.messageId : "")),
  );
});

test("continue-as-new keeps version and tags, or gives others", () => {
  const state = born({ version: "1", tags: { team: "a" } });
  const next = (more: object) => {
    const outcome = { kind: "continuedAsNew", input: null, carryOver: [], ...more } as const;
    const { commit } = episode(state, [], state.clock + 1, { outcome });
    assert.ok(commit.next !== null);
    beginGeneration(state, commit.next);
    return [commit.next.labels, state.version, state.tags];
  };
  assert.deepEqual(next({}), [null, "1", { team: "a" }]);
  assert.deepEqual(next({ version: "2" }), [{ version: "2", tags: { team: "a" } }, "2", { team: "a" }]);
  assert.deepEqual(next({ tags: { team: "b" } }), [{ version: "2", tags: { team: "b" } }, "2", { team: "b" }]);
  assert.deepEqual(next({ version: null, tags: null }), [{ version: null, tags: null }, null, null]);
  const { commit } = episode(state, [], state.clock + 1, { outcome: null });
  const started = commit.events.find((event) => event.kind === "ExecutionStarted");
  assert.deepEqual([started?.version, started?.tags, started?.generation], [null, null, 4]);
});

test("the events that are waited for are recorded when they change", () => {
  const state = born();
  const said = (openEvents: readonly string[] | undefined, outcome: EpisodeOutcome | null = null) => {
    const { commit } = episode(state, [raised("A")], state.clock + 1, { outcome, ...(openEvents === undefined ? {} : { openEvents }) });
    const completed = commit.events.find((event) => event.kind === "OrchestratorCompleted");
    return [completed?.kind === "OrchestratorCompleted" ? completed.openEvents : null, state.openEvents];
  };
  assert.deepEqual(said([]), [undefined, []]);
  assert.deepEqual(said(["A", "B"]), [
    ["A", "B"],
    ["A", "B"],
  ]);
  assert.deepEqual(said(["A", "B"]), [undefined, ["A", "B"]]);
  assert.deepEqual(said(undefined), [undefined, ["A", "B"]]);
  assert.deepEqual(said(["B"]), [["B"], ["B"]]);
  assert.deepEqual(said([], { kind: "continuedAsNew", input: null, carryOver: [] }), [undefined, ["B"]]);
});

test("the next wake reason: open activity, timer, or only a message", () => {
  const state = born();
  assert.equal(nextWake(state, NONE), "now");
  episode(state, [], 1_001, { actions: [timer(0, 9_000)] });
  assert.equal(nextWake(state, NONE), 9_000);
  episode(state, [raised("A")], 1_002, { actions: [call(1)] });
  assert.equal(nextWake(state, NONE), "now");
  assert.equal(nextWake(state, new Set([eventId(1)])), 9_000);
  episode(state, [done(1)], 1_003, { actions: [{ kind: "cancelTimer", timerId: eventId(0) }] });
  assert.equal(nextWake(state, NONE), null);
});

test("a poison activity stops the instance and records nothing", () => {
  const state = born();
  episode(state, [], 1_001, { actions: [call(0)] });
  const poison: Message = { kind: "taskFailed", ts: 0, generation: 0, taskId: eventId(0), result: null, poison: "it kills" };
  const reception = receive(state, [poison], 1_002);
  assert.deepEqual([reception.decision, reception.events.length, reception.poison], ["stop", 0, "it kills"]);
});

test("a failed orchestration shows its message as output and keeps the failure in history", () => {
  const state = born();
  const failure = { errorType: "TypeError", message: "no stock" };
  const { commit } = episode(state, [], 1_001, { outcome: { kind: "failed", failure } });
  assert.deepEqual(commit.end, { status: "Failed", output: '"no stock"', successor: null });
  const last = commit.events.at(-1);
  assert.ok(last?.kind === "ExecutionCompleted");
  assert.deepEqual(last.failure, failure);
});
