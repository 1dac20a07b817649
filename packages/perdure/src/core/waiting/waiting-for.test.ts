import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntityNotes } from "../../model/entity-notes.ts";
import { NO_NOTES } from "../../model/entity-notes.ts";
import type { HeldCall } from "../../model/held-call.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { eventId, instanceId, instanceNo, workerId } from "../../model/ids.ts";
import { slotId } from "../../model/slot.ts";
import type { WorkerFacts } from "./facts.ts";
import type { Given } from "./testing/facts.ts";
import { called, child, dead, factsOf, NOW, offering, queued, ready, rest, STARTED, worker } from "./testing/facts.ts";
import { waitingFor } from "./waiting-for.ts";

const explained = (given: Given) => waitingFor(factsOf(given));

const holding = (held: HeldCall): WorkerFacts => ({
  ...worker,
  load: { owned: 0, maxOwned: 10, activities: 0, maxActivities: 2, held: [held] },
});

const CASES: readonly (readonly [reason: string, given: Given, state: string, because: RegExp])[] = [
  ["it is ready since a moment", { row: { wakeAt: NOW - 100 } }, "ready", /^is ready since \S+, and a worker will take it$/],
  ["no worker is live", { row: ready, workers: [dead] }, "ready", /^is ready since \S+, and no worker is live$/],
  [
    "no function",
    { row: ready, workers: [offering({ orchestrator: ["Other"] })] },
    "ready",
    /and no live worker has the orchestrator "Order"$/,
  ],
  [
    "no version",
    { row: ready, workers: [offering({ orchestrator: ["Order", '@versions:["Order",["2.0"]]'] })] },
    "ready",
    /and it has "1\.0", and live workers take "2\.0"$/,
  ],
  ...(["no worker is live", 'it has "1.0", and live workers take "2.0"'] as const).map((because, index): (typeof CASES)[number] => {
    const workers = index === 0 ? [dead] : [offering({ orchestrator: ["Order", '@versions:["Order",["2.0"]]'] })];
    return [`at once: ${because}`, { row: { wakeAt: NOW - 100 }, workers }, "ready", new RegExp(`and ${because}$`)];
  }),
  [
    "its owner does not take the version, and no other does",
    {
      row: { owner: workerId(3) },
      unread: [{ kind: "event", name: "Go", since: 5_000 }],
      workers: [offering({ orchestrator: ["Order", '@versions:["Order",["2.0"]]'] })],
    },
    "owned",
    /^has work to do since 1970-01-01T00:00:05Z, and it has "1\.0", and live workers take "2\.0"$/,
  ],
  [
    "its owner does not take the version, and another does",
    {
      row: { owner: workerId(3) },
      unread: [{ kind: "event", name: "Go", since: 5_000 }],
      workers: [offering({ orchestrator: ["Order", '@versions:["Order",["2.0"]]'] }), { ...worker, worker: workerId(5) }],
    },
    "owned",
    /^has work to do since 1970-01-01T00:00:05Z: worker 3 \(host-a\) does not take it, and leaves it to another that does$/,
  ],
  [
    "no place",
    { row: ready, workers: [offering({ orchestrator: ["@away:Order"] })] },
    "ready",
    /the workers that have it have no place for it now$/,
  ],
  [
    "no room",
    { row: ready, workers: [{ ...worker, load: { owned: 10, maxOwned: 10, activities: 0, maxActivities: 2 } }] },
    "ready",
    /each worker that has it has as many instances in memory as it may$/,
  ],
  [
    "a suspect in line",
    { row: { ...ready, deaths: { count: 3, isSuspect: true } } },
    "ready",
    /its worker died 3 times in a row, and what may end a worker takes its turn/,
  ],
  ["busy workers", { row: ready }, "ready", /and the workers that have it are busy$/],
  [
    "its owner has it in line",
    { row: { owner: workerId(3) }, unread: [{ kind: "event", name: "Go", since: 5_000 }] },
    "owned",
    /^has work to do since 1970-01-01T00:00:05Z: its code runs at worker 3 \(host-a\), or waits for its turn there$/,
  ],
  [
    "its owner died",
    { row: { owner: workerId(4) }, workers: [worker, dead] },
    "owned",
    /^was with worker 4 \(host-b\), whose lease ended at \S+: another worker takes it over$/,
  ],
  [
    "its owner died, and no other lives",
    { row: { owner: workerId(4) }, workers: [dead] },
    "owned",
    /no other worker is live to take it over$/,
  ],
  [
    "its code holds a thread of its owner",
    {
      row: { owner: workerId(3) },
      workers: [holding({ instanceId: instanceId("order-1"), eventId: null, isHolder: true, at: "loop (/app/order.ts:19)" })],
    },
    "owned",
    /^has work to do since \S+: its code runs at worker 3 \(host-a\), and holds its thread at loop \(\/app\/order\.ts:19\)$/,
  ],
  [
    "its code waits for a thread that another holds",
    { row: { owner: workerId(3) }, workers: [holding({ instanceId: instanceId("order-1"), eventId: null, isHolder: false, at: null })] },
    "owned",
    /: its code runs at worker 3 \(host-a\), and waits for its thread, which another call holds, at a line that is not known$/,
  ],
  [
    "an activity that holds its thread",
    {
      ...{ row: { owner: workerId(3) }, history: rest(called) },
      workers: [holding({ instanceId: instanceId("order-1"), eventId: eventId(0), isHolder: true, at: "loop (/app/ship.ts:7)" })],
    },
    "waiting",
    /^waits for activity "Ship" since \S+, which holds its thread at loop \(\/app\/ship\.ts:7\) at worker 3 \(host-a\)$/,
  ],
  [
    "an activity of another instance that holds a thread",
    {
      ...{ row: { owner: workerId(3) }, history: rest(called) },
      workers: [holding({ instanceId: instanceId("order-2"), eventId: eventId(0), isHolder: true, at: "loop (/app/ship.ts:7)" })],
    },
    "waiting",
    /which runs or is in line at worker 3 \(host-a\)$/,
  ],
  ["its owner is gone", { row: { owner: workerId(9) } }, "owned", /^was with worker 9 \(unknown\)/],
  [
    "an activity with its owner",
    { row: { owner: workerId(3) }, history: rest(called) },
    "waiting",
    /^waits for activity "Ship" since 1970-01-01T00:00:02Z, which runs or is in line at worker 3 \(host-a\)$/,
  ],
  ["an activity at a worker", queued({ worker: workerId(3) }), "waiting", /"Ship" since \S+, which runs at worker 3 \(host-a\)$/],
  ["an activity in line", queued({}), "waiting", /which no worker has taken: the workers that have it are busy$/],
  [
    "an activity for which no worker has room",
    { ...queued({}), workers: [{ ...worker, load: { owned: 0, maxOwned: 10, activities: 2, maxActivities: 2 } }] },
    "waiting",
    /which no worker has taken: each worker that has it runs as many activities as it may$/,
  ],
  [
    "an activity that is to run alone",
    queued({ deaths: { count: 4, isSuspect: true } }),
    "waiting",
    /which no worker has taken: its worker died 4 times in a row/,
  ],
  [
    "an activity that waits for a slot of its key",
    {
      ...queued({ slot: { key: "acme", limit: 5 } }),
      slots: new Map([[slotId("Ship", "acme"), { count: 5, holders: [instanceId("a"), instanceId("b")] }]]),
    },
    "waiting",
    /"Ship" since \S+, which waits for a free slot of key "acme", 5 of 5 held by a, b and 3 more$/,
  ],
  [
    "an activity that waits for a slot, and calls of it have no keys",
    { ...queued({ slot: { key: "", limit: 1 } }), slots: new Map([[slotId("Ship", ""), { count: 1, holders: [instanceId("a")] }]]) },
    "waiting",
    /which waits for a free slot, 1 of 1 held by a$/,
  ],
  [
    "an activity that no worker has",
    { ...queued({}), workers: [offering({ activity: [] })] },
    "waiting",
    /no live worker has the activity "Ship"$/,
  ],
  [
    "a sub-orchestration that is not there",
    { history: rest(child) },
    "waiting",
    /^waits for sub-orchestration "pay-1", of which there is nothing in the store$/,
  ],
  [
    "a history of an older release",
    {},
    "waiting",
    /^waits for something that its history does not name: an external event, if it is of an older release$/,
  ],
];

test("for each reason the state and a predicate", () => {
  for (const [reason, given, state, because] of CASES) {
    const found = explained(given);
    assert.equal(found?.waitingFor.state, state, reason);
    assert.match(found?.waitingFor.because ?? "", because, reason);
    assert.equal(found?.next, null, reason);
  }
});

test("what has ended waits for nothing, and a sub-orchestration says the rest", () => {
  const ended: HistoryEvent = { kind: "ExecutionCompleted", ts: 3_000, status: "Completed", result: null };
  assert.equal(explained({ history: [...rest(), ended] }), null);
  const found = explained({ history: rest(child), statuses: new Map([[instanceId("pay-1"), "Running"]]) });
  assert.deepEqual([found?.waitingFor.because, found?.next], ['waits for sub-orchestration "pay-1"', "pay-1"]);
});

test("a lock is waited for at the first entity that another holds, and a call at its entity", () => {
  const [one, two] = [instanceId("@account@1"), instanceId("@account@2")];
  const asked: HistoryEvent = { kind: "EntityLockRequested", ts: 2_000, id: eventId(0), entities: [one, two] };
  const heldBy = (no: number, holder: string): EntityNotes => {
    const key = { no: instanceNo(no), generation: 0, id: eventId(0) };
    return { ...NO_NOTES, lock: { key, holder: instanceId(holder), entities: [one, two], at: 0, since: 1_000 } };
  };
  const because = (given: Given) => {
    const found = explained(given);
    return [found?.waitingFor.because, found?.next];
  };
  const ours = heldBy(7, "order-1");
  assert.deepEqual(because({ history: rest(asked) }), ["waits for the lock of @account@1", one]);
  assert.deepEqual(because({ history: rest(asked), notes: new Map([[one, ours]]) }), ["waits for the lock of @account@2", two]);
  assert.deepEqual(
    because({
      history: rest(asked),
      notes: new Map([
        [one, ours],
        [two, heldBy(9, "order-9")],
      ]),
    }),
    ["waits for the lock of @account@2, held by order-9 since 1970-01-01T00:00:01Z", "order-9"],
  );
  const op: HistoryEvent = { kind: "EntityOperationCalled", ts: 2_000, id: eventId(1), instanceId: two, operation: "add", input: null };
  const granted: HistoryEvent = { kind: "EntityLockGranted", ts: 2_000, taskId: eventId(0) };
  assert.deepEqual(because({ history: rest(asked, granted, op), notes: new Map([[two, ours]]) }), [
    'waits for operation "add" of @account@2',
    two,
  ]);
});

test("lists are cut, and the rest is counted", () => {
  const calls = Array.from({ length: 130 }, (_, id): HistoryEvent => ({ ...called, id: eventId(id) }) as HistoryEvent);
  const found = explained({ history: rest(...calls), row: { owner: workerId(3) } });
  assert.deepEqual([found?.waitingFor.activities.length, found?.waitingFor.more], [100, 30]);
  assert.match(found?.waitingFor.because ?? "", /"Ship" since \S+, which runs or is in line at worker 3 \(host-a\) \(and 129 more\)$/);
});

test("an event for which no wait is recorded is listed, and named where its name is nearly that of one that is waited for", () => {
  const waits = (...openEvents: readonly string[]): HistoryEvent => ({ kind: "OrchestratorCompleted", ts: 2_000, openEvents });
  const came = (name: string): readonly HistoryEvent[] => [
    { kind: "EventRaised", ts: 3_000, name, input: null },
    { kind: "OrchestratorStarted", ts: 3_000 },
    { kind: "OrchestratorCompleted", ts: 3_000 },
  ];
  const found = (...history: readonly HistoryEvent[]) => {
    const { because = "", unawaited = [] } = explained({ history: [...STARTED, ...history] })?.waitingFor ?? {};
    return { because, unawaited: unawaited.map(({ name, nearest }) => [name, nearest]) };
  };
  const since = 'waits for event "Approval" since 1970-01-01T00:00:02Z';
  assert.deepEqual(found(waits("Approval"), ...came("Aproval"), ...came("Other")), {
    because: `${since} (an event "Aproval" came at 1970-01-01T00:00:03Z, and nothing waits for it: is its name misspelled?)`,
    unawaited: [
      ["Aproval", "Approval"],
      ["Other", null],
    ],
  });
  // Taken: it was waited for before, under a name that differs in case only.
  assert.deepEqual(found(waits("Approvals"), ...came("approvals"), waits("Approval")), { because: since, unawaited: [] });
});
