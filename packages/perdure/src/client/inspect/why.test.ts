import assert from "node:assert/strict";
import { test } from "node:test";
import type { Given } from "../../core/waiting/testing/facts.ts";
import { called, child, dead, factsOf, NOW, offering, queued, ready, rest, worker } from "../../core/waiting/testing/facts.ts";
import { waitingFor } from "../../core/waiting/waiting-for.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { eventId, instanceId, workerId } from "../../model/ids.ts";
import { slotId } from "../../model/slot.ts";
import type { Step } from "../waiting-for.ts";
import type { Outlook, Why } from "./types.ts";
import { whyOf } from "./why.ts";

function step(given: Given, id = "order-1"): Step {
  const facts = factsOf(given);
  const explained = waitingFor(facts);
  assert.ok(explained !== null);
  return { id: instanceId(id), facts, explained };
}

const why = (given: Given, ...rest: readonly Step[]): Why => whyOf({ first: step(given), rest, because: "It …." });

const opened = (...names: readonly string[]): HistoryEvent => ({ kind: "OrchestratorCompleted", ts: 2_000, openEvents: names });
const stopped = (codeMayCure: boolean) => ({ code: "STUCK", message: "It cannot.", at: 3_000, codeMayCure });
const timer: HistoryEvent = { kind: "TimerCreated", ts: 2_000, id: eventId(3), fireAt: NOW + 60_000 };
const raised = (name: string): HistoryEvent => ({ kind: "EventRaised", ts: 5_000, name, input: null });
const failed: HistoryEvent = {
  kind: "TaskFailed",
  ts: 3_000,
  taskId: eventId(0),
  failure: { errorType: "Error", message: "no luck\nat all" },
};
const second: HistoryEvent = { ...called, ts: 4_000, id: eventId(2), retry: { of: eventId(0), attempt: 2 } } as HistoryEvent;
const pause: HistoryEvent = { kind: "TimerCreated", ts: 3_000, id: eventId(1), fireAt: NOW + 5_000, retryOf: eventId(0) };
const owner = { owner: workerId(3) };
const waits = (text: RegExp) => (found: Why) => assert.match(found.waits.map((wait) => wait.text).join("\n"), text);

const CASES: readonly (readonly [reason: string, given: Given, outlook: Outlook, advice: RegExp | null, also?: (found: Why) => void])[] = [
  ["an activity runs", queued({ worker: workerId(3) }), "fine", null, waits(/^"Ship" runs at worker 3 \(host-a\)\.$/)],
  ["an activity with its owner", { row: owner, history: rest(called) }, "fine", null, waits(/runs or is in line at worker 3/)],
  [
    "an activity in line behind a limit",
    { ...queued({}), now: 5_000 },
    "fine",
    null,
    waits(/^No worker has taken "Ship": the workers that have it are busy\.$/),
  ],
  ["an activity in line for long", queued({}), "attention", null],
  [
    "a slot",
    {
      ...queued({ slot: { key: "acme", limit: 1 } }),
      slots: new Map([[slotId("Ship", "acme"), { count: 1, holders: [instanceId("a")] }]]),
    },
    "fine",
    null,
    waits(/a free slot of key "acme", 1 of 1 held by a\.$/),
  ],
  [
    "an activity to run alone",
    queued({ deaths: { count: 4, isSuspect: true } }),
    "attention",
    null,
    waits(/its worker died 4 times in a row/),
  ],
  [
    "a second attempt",
    { row: owner, history: rest(called, failed, second) },
    "attention",
    null,
    ({ waits: [wait] }) => assert.deepEqual([wait?.kind, wait?.attempt, wait?.last], ["activity", 2, "no luck"]),
  ],
  [
    "paused before a retry",
    { history: rest(called, failed, pause) },
    "attention",
    /^It is tried again by itself/,
    ({ waits: [wait] }) =>
      assert.deepEqual([wait?.kind, wait?.name, wait?.attempt, wait?.nextAt, wait?.last], ["retry", "Ship", 2, NOW + 5_000, "no luck"]),
  ],
  [
    "no worker has the activity",
    { ...queued({}), workers: [offering({ activity: [] })] },
    "stuck",
    /^Start a worker whose app has the activity "Ship"/,
  ],
  [
    "no worker lives",
    { ...queued({}), workers: [dead] },
    "stuck",
    /^Start a worker: perdure start, with the app that has the activity "Ship"/,
  ],
  [
    "a timer",
    { history: rest(timer) },
    "fine",
    null,
    ({ waits: [wait] }) => assert.deepEqual([wait?.kind, wait?.nextAt], ["timer", NOW + 60_000]),
  ],
  [
    "an event that was not raised",
    { history: [...rest(), opened("Approved")] },
    "fine",
    null,
    waits(/^The event "Approved" was not raised\.$/),
  ],
  [
    "an event in the inbox",
    { history: [...rest(), opened("Approved")], unread: [{ kind: "event", since: 4_000, name: "approved" }] },
    "fine",
    null,
    ({ waits: [wait] }) => assert.equal(wait?.state, "in the inbox"),
  ],
  [
    "an event under nearly its name",
    { history: [...rest(), opened("Approved"), raised("Aproved")] },
    "attention",
    /^Raise the event "Approved"\.$/,
    waits(/"Aproved" was, at 1970-/),
  ],
  ["another event, which was asked for", { history: [...rest(), opened("Approve"), raised("Approve"), opened("Approved")] }, "fine", null],
  ["a child that is not there", { history: rest(child) }, "stuck", /^Nothing will answer: rewind, restart or terminate it\.$/],
  ["a suspended child", { history: rest(child), statuses: new Map([[instanceId("pay-1"), "Suspended"]]) }, "attention", /./],
  ["suspended", { history: rest({ kind: "ExecutionSuspended", ts: 3_000, reason: null }) }, "attention", /^Resume it/],
  ["stopped", { row: { stopped: stopped(false) } }, "stuck", /^Resume it to let it try again/],
  [
    "stopped, and code may cure it",
    { row: { stopped: stopped(true) } },
    "stuck",
    /^It continues by itself when code that fits is deployed/,
  ],
  ["ready since a moment", { row: { wakeAt: NOW - 100 } }, "fine", null],
  ["ready but unclaimed", { row: ready }, "attention", /^The workers that have it are busy: start another worker/],
  [
    "ready, and no worker has it",
    { row: ready, workers: [offering({ orchestrator: [] })] },
    "stuck",
    /^Start a worker whose app has the orchestrator "Order"/,
  ],
  ["its code runs", { row: owner, unread: [{ kind: "event", name: "Go", since: NOW - 100 }] }, "fine", null],
  ["its code runs for long", { row: owner, unread: [{ kind: "event", name: "Go", since: 1_000 }] }, "attention", /has run for long/],
  ["its owner's lease is over", { row: { owner: workerId(4) }, workers: [worker, dead] }, "attention", /another worker takes it over/],
  [
    "its owner's lease is over, and no other lives",
    { row: { owner: workerId(4) }, workers: [dead] },
    "stuck",
    /^Start a worker: perdure start/,
  ],
];

test("for each reason: whether it continues by itself, and what a person can do", () => {
  for (const [reason, given, outlook, advice, also] of CASES) {
    const found = why(given);
    assert.equal(found.outlook, outlook, reason);
    if (advice === null) assert.equal(found.advice, null, reason);
    else assert.match(found.advice ?? "", advice, reason);
    also?.(found);
    for (const wait of found.waits) assert.match(wait.text, /[.a-z]$/, reason);
  }
});

test("a start that is not due is no reason to look", () => {
  const facts = factsOf({ history: [] });
  const state = { ...facts.state, startAt: NOW + 1_000 };
  const explained = waitingFor({ ...facts, state });
  assert.ok(explained !== null);
  const found = whyOf({ first: { id: instanceId("order-1"), facts: { ...facts, state }, explained }, rest: [], because: "It …." });
  assert.deepEqual([found.state, found.outlook, found.advice], ["scheduled", "fine", null]);
});

test("what is at the end of the way counts for all on it, and is named", () => {
  const statuses = new Map([[instanceId("pay-1"), "Running" as const]]);
  const parent = { history: rest(child), statuses };
  const stuck = step({ ...queued({}), workers: [offering({ activity: [] })] }, "pay-1");
  const found = why(parent, stuck);
  assert.equal(found.outlook, "stuck");
  assert.match(found.advice ?? "", /^Of "pay-1": Start a worker whose app has the activity "Ship"/);
  const above = why(
    { history: rest({ ...child, instanceId: instanceId("top") } as HistoryEvent), statuses: new Map([[instanceId("top"), "Running"]]) },
    step(parent, "top"),
    stuck,
  );
  assert.match(above.advice ?? "", /^Of "pay-1": Start/);
  assert.deepEqual([above.outlook, above.waits.map(({ outlook }) => outlook)], ["stuck", ["stuck"]]);
  assert.equal(why(parent, step({ history: rest(timer) }, "pay-1")).outlook, "fine");
});
