import assert from "node:assert/strict";
import test from "node:test";
import type { EditMark } from "../../model/edit-mark.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { eventId, executionId, fence, instanceId, instanceNo, seed, workerId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import { NO_SLOT_YET } from "../../model/slot.ts";
import { checkDump, DUMP_INVARIANTS } from "./check-dump.ts";
import { locksOf } from "./entities.ts";
import { describeViolation } from "./invariant.ts";
import type { OpenDump } from "./sample-dump.testsuite.ts";
import { line, lockedBy, mail, NO, NOW, patch, rewrite, row, SECTION, sampleDump, worker } from "./sample-dump.testsuite.ts";

/** Calls of one key, of which one may run, with these times. */
function keyed(dump: OpenDump, times: readonly number[]): void {
  dump.tasks = dump.tasks.flatMap((task) => times.map((notBefore) => ({ ...task, notBefore, slot: { key: "acme", limit: 1 } })));
}

const answered: Message = { kind: "entityCompleted", ts: 12, generation: 0, taskId: eventId(0), result: null };

/** One damage for each invariant; it must be named, whatever else it breaks. */
const DAMAGES: { readonly [invariant: string]: (dump: OpenDump) => void } = {
  "history-contiguous": (dump) => {
    dump.history = dump.history.map((chunk) => (chunk.firstSeq === 7 ? { ...chunk, firstSeq: 8 } : chunk));
  },
  "history-readable": (dump) => {
    dump.history = dump.history.map((chunk) => (chunk.no === NO.child ? { ...chunk, events: chunk.events.slice(0, -4) } : chunk));
  },
  "history-time": (dump) => rewrite(dump, NO.sleeping, (events) => events.map((event, at) => (at === 5 ? { ...event, ts: 9 } : event))),
  "history-episodes": (dump) =>
    rewrite(dump, NO.sleeping, (events) => events.filter((event, at) => !(event.kind === "OrchestratorCompleted" && at < 5))),
  "history-started": (dump) => rewrite(dump, NO.child, (events) => events.filter((event) => event.kind !== "ExecutionStarted")),
  "history-ends-once": (dump) => rewrite(dump, NO.done, (events) => [...events, { kind: "ExecutionResumed", ts: 900, reason: null }]),
  "history-actions-numbered": (dump) =>
    rewrite(dump, NO.sleeping, (events) => events.map((event) => ("id" in event ? { ...event, id: eventId(0) } : event))),
  "history-completions": (dump) =>
    rewrite(dump, NO.done, (events) =>
      events.flatMap((event): readonly HistoryEvent[] => (event.kind === "TaskCompleted" ? [event, event] : [event])),
    ),
  "timer-not-early": (dump) =>
    rewrite(dump, NO.sleeping, (events) =>
      events.map((event) =>
        event.kind === "TimerFired" || (event.kind === "TimerCreated" && event.fireAt === 15) ? { ...event, fireAt: 21 } : event,
      ),
    ),
  "message-once": (dump) =>
    rewrite(dump, NO.sleeping, (events) =>
      events.flatMap((event): readonly HistoryEvent[] => (event.kind === "EventRaised" ? [event, event] : [event])),
    ),
  "row-unique": (dump) => patch(dump, NO.sleeping, { instanceId: instanceId(`i${NO.done}`) }),
  "edit-mark": (dump) =>
    rewrite(dump, NO.sleeping, (events) =>
      events.flatMap((event): readonly HistoryEvent[] =>
        event.kind === "TimerFired" ? [rewound({ replies: [{ generation: 0, upTo: eventId(7) }] }), event] : [event],
      ),
    ),
  "row-done-shape": (dump) => patch(dump, NO.done, { completedAt: null }),
  "row-one-state": (dump) => patch(dump, NO.working, { wakeAt: NOW }),
  "row-owner-exists": (dump) => patch(dump, NO.working, { owner: workerId(99) }),
  "row-status-by-history": (dump) => patch(dump, NO.sleeping, { status: "Suspended" }),
  "row-execution-by-history": (dump) => patch(dump, NO.done, { output: '"other"' }),
  "history-not-ahead": (dump) => {
    dump.now = 15;
  },
  "wake-reason": (dump) => patch(dump, NO.sleeping, { wakeAt: null, nextWake: null }),
  "wake-for-mail": (dump) => dump.inbox.push(mail(NO.sleeping, { kind: "event", ts: 30, name: "Go", input: null }, 2)),
  "wake-not-late": (dump) => patch(dump, NO.sleeping, { wakeAt: NOW + 501 }),
  "next-wake-true": (dump) => {
    dump.tasks = [];
  },
  "history-has-row": (dump) => {
    dump.instances = dump.instances.filter((one) => one.no !== NO.done);
  },
  "child-answers": (dump) => {
    patch(dump, NO.child, { status: "Completed", completedAt: 11 });
    rewrite(dump, NO.child, (events) => [...events, { kind: "ExecutionCompleted", ts: 11, status: "Completed", result: null }]);
  },
  "inbox-readable": (dump) => dump.inbox.push({ ...mail(NO.working, { kind: "event", ts: 30, name: "Go", input: null }, 2), body: "{" }),
  "inbox-has-target": (dump) => dump.inbox.push(mail(NO.done, { kind: "event", ts: 30, name: "Go", input: null }, 2)),
  "unread-of-failed": (dump) => dump.unread.push(mail(NO.done, { kind: "event", ts: 30, name: "Go", input: null }, 2)),
  "stopped-without-cure": (dump) => dump.inbox.push(mail(NO.stopped, { kind: "resume", ts: 30, reason: null }, 2)),
  "task-scheduled": (dump) => {
    dump.tasks = dump.tasks.map((task) => ({ ...task, eventId: eventId(5) }));
  },
  "slots-within-limit": (dump) => keyed(dump, [1, 1]),
  "slots-given": (dump) => keyed(dump, [NO_SLOT_YET]),
  "slots-before-claims": (dump) => {
    keyed(dump, [1, NO_SLOT_YET]);
    dump.tasks = dump.tasks.map((task) => ({ ...task, worker: workerId(7) }));
  },
  "task-worker-exists": (dump) => {
    dump.tasks = dump.tasks.map((task) => ({ ...task, worker: workerId(99) }));
  },
  "task-has-instance": (dump) => {
    dump.tasks = dump.tasks.map((task) => ({ ...task, no: row(77, {}).no }));
  },
  "entity-held-by-history": (dump) => patch(dump, NO.locked, { customStatus: lockedBy(0).replace('"held":1', '"held":2') }),
  "entity-lock-held": (dump) => patch(dump, NO.locked, { customStatus: lockedBy(5) }),
  "section-in-one-place": (dump) => {
    dump.inbox = dump.inbox.filter((one) => one.no !== NO.asked);
  },
  "entity-call-open": (dump) => dump.inbox.push(mail(NO.calls, answered, 3), mail(NO.calls, answered, 4)),
  "entity-message-addressed": (dump) => dump.inbox.push(mail(NO.locked, { ...SECTION, kind: "entityRelease" }, 3)),
  "audit-readable": (dump) => dump.audit.push(line(NO.done, { detail: "[]" })),
  "audit-by-generation": (dump) => dump.audit.push(line(NO.sleeping, { what: "rewind" })),
  "worker-fence-unique": (dump) => dump.workers.push({ ...worker(9), fence: fence(8) }),
};

test("a sound store breaks nothing", () => {
  assert.deepEqual(checkDump(sampleDump(), { atRest: true }).map(describeViolation), []);
});

test("each invariant has a damage here, and each damage an invariant", () => {
  assert.deepEqual(Object.keys(DAMAGES).sort(), DUMP_INVARIANTS.map(({ id }) => id).sort());
});

for (const [id, damage] of Object.entries(DAMAGES)) {
  test(`damage is named: ${id}`, () => {
    const dump = sampleDump();
    damage(dump);
    const violations = checkDump(dump, { atRest: true });
    assert.ok(
      violations.some(({ invariant }) => invariant === id),
      `found only: ${violations.map(describeViolation).join("; ") || "nothing"}`,
    );
  });
}

test("a lock may outlive its section while the release is ahead of it, in an inbox or kept for an entity that does not exist", () => {
  const ended: readonly HistoryEvent[] = [
    { kind: "EntityUnlockSent", ts: 10, lockId: eventId(0) },
    { kind: "OrchestratorCompleted", ts: 10 },
  ];
  const release: Message = { ...SECTION, kind: "entityRelease", at: 0 };
  const ways: readonly ((dump: OpenDump) => void)[] = [
    (dump) => dump.inbox.push(mail(NO.locked, release, 3)),
    (dump) => {
      dump.keptMail = [{ instanceId: instanceId("@account@a"), message: release }];
    },
  ];
  for (const way of ways) {
    const dump = sampleDump();
    rewrite(dump, NO.locks, (events) => [...events.filter(({ kind }) => kind !== "OrchestratorCompleted"), ...ended]);
    assert.deepEqual(
      checkDump(dump).map(({ invariant, no }) => [invariant, no]),
      [["entity-lock-held", instanceNo(NO.locked)]],
    );
    way(dump);
    patch(dump, NO.locked, { wakeAt: NOW });
    assert.deepEqual(checkDump(dump).map(describeViolation), []);
  }
});

test("locks are counted, and those that no release will end", () => {
  const dump = sampleDump();
  assert.deepEqual(locksOf(dump), { held: 1, orphaned: 0 });
  patch(dump, NO.locked, { customStatus: lockedBy(5) });
  assert.deepEqual(locksOf(dump), { held: 1, orphaned: 1 });
});

test("an entity wakes for what is due, and not while it is locked", () => {
  const due = { kind: "entityOp", ts: 10, operation: "add", input: null, due: NOW + 5, from: null, lock: null } as const;
  const dump = sampleDump();
  rewrite(dump, NO.locked, (events) => [...events, { kind: "EntityMessageHeld", ts: 12, message: due }]);
  patch(dump, NO.locked, { customStatus: lockedBy(0).replace('"held":1', '"held":2') });
  assert.deepEqual(checkDump(dump).map(describeViolation), []);
  rewrite(dump, NO.calls, (events) => events.filter(({ kind }) => kind !== "EntityOperationCalled"));
  rewrite(dump, NO.locked, () => [{ kind: "EntityMessageHeld", ts: 12, message: due }]);
  patch(dump, NO.locked, { customStatus: '{"held":1}' });
  assert.ok(checkDump(dump).some(({ invariant, no }) => invariant === "wake-reason" && no === NO.locked));
  patch(dump, NO.locked, { wakeAt: NOW + 5, nextWake: NOW + 5 });
  assert.ok(!checkDump(dump).some(({ no }) => no === NO.locked));
});

const rewound = (more: Partial<EditMark>): EditMark => ({
  kind: "ExecutionRewound",
  ts: 20,
  reason: null,
  executionId: executionId("again"),
  seed: seed("again"),
  from: { instanceId: instanceId("i2"), executionId: executionId("e2"), generation: 0 },
  replies: [],
  edited: [],
  firstEdited: 0,
  droppedEpisodes: 0,
  ...more,
});

test("a history that was edited is sound: a copied start, timers at another time, an execution of its own", () => {
  const dump = sampleDump();
  patch(dump, NO.sleeping, { executionId: executionId("again"), wakeAt: NOW + 900, nextWake: NOW + 900 });
  const last = { id: eventId(1), fireAt: NOW + 900 };
  rewrite(dump, NO.sleeping, (events) => [
    ...events,
    rewound({ timers: [last] }),
    { kind: "OrchestratorStarted", ts: 20 },
    { kind: "OrchestratorCompleted", ts: 20 },
  ]);
  assert.deepEqual(checkDump(dump, { atRest: true }).map(describeViolation), []);
});

test("numbers of actions may begin with 1 and leave some out", () => {
  const dump = sampleDump();
  const gapped = (id: number) => eventId(3 * id + 1);
  rewrite(dump, NO.sleeping, (events) =>
    events.map((event) => {
      if (event.kind === "TimerCreated") return { ...event, id: gapped(event.id) };
      return event.kind === "TimerFired" ? { ...event, timerId: gapped(event.timerId) } : event;
    }),
  );
  assert.deepEqual(checkDump(dump, { atRest: true }).map(describeViolation), []);
});

test("a row that has other labels than its history is named", () => {
  for (const labels of [{ orchestrationVersion: "2" }, { tags: { team: "b" } }]) {
    const dump = sampleDump();
    patch(dump, NO.sleeping, labels);
    const found = checkDump(dump, { atRest: true }).map(({ invariant }) => invariant);
    assert.deepEqual(found, ["row-execution-by-history"]);
  }
});

test("without options a dump is checked as one with work in it", () => {
  const dump = sampleDump();
  DAMAGES["inbox-has-target"]?.(dump);
  assert.deepEqual(checkDump(dump), []);
});

test("what is not a dump, an option or a violation is an error that says what was given", () => {
  const dump = sampleDump();
  for (const [given, options, code] of [
    [undefined, {}, "CALL_INVALID"],
    [Promise.resolve(dump), {}, "CALL_INVALID"],
    [{ ...dump, history: undefined }, {}, "CALL_INVALID"],
    [{ ...dump, inbox: [null] }, {}, "CALL_INVALID"],
    [{ ...dump, now: "today" }, {}, "CALL_INVALID"],
    [dump, { atrest: true }, "OPTION_UNKNOWN"],
    [dump, { atRest: "yes" }, "OPTION_INVALID"],
    [dump, { clockSlackMs: -1 }, "OPTION_INVALID"],
    [dump, true, "OPTION_INVALID"],
  ] as const) {
    assert.throws(() => checkDump(given as never, options as never), { code, message: /checkDump/ });
  }
  for (const given of [undefined, null, "wake-reason", {}, []]) {
    assert.throws(() => describeViolation(given as never), {
      code: "CALL_INVALID",
      message: /describeViolation: .*a violation that checkDump gave/,
    });
  }
});

test("leftovers that a worker will still find are not a violation while there is work", () => {
  const dump = sampleDump();
  DAMAGES["inbox-has-target"]?.(dump);
  assert.deepEqual(checkDump(dump, { atRest: false }), []);
});
