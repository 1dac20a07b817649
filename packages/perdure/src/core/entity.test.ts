import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntityBatchRan } from "../model/entity-batch.ts";
import type { EntityLock, EntityOp, WaitingPlace } from "../model/entity-message.ts";
import { functionKey } from "../model/function-name.ts";
import { entityId, eventId, executionId, instanceId, instanceNo } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import { payload } from "../model/payload.ts";
import type { EntityCommit } from "./entity-commit.ts";
import { applyEntityBatch, foldEntity } from "./entity-commit.ts";
import type { EntityPlan } from "./entity-plan.ts";
import { planEntity } from "./entity-plan.ts";
import { setAside } from "./entity-skip.ts";
import { entityWake, isEmptyEntity } from "./entity-wake.ts";
import type { EntityInstance } from "./state.ts";
import { entityOfRow, isEntity, newState } from "./state.ts";

const A = entityId(functionKey("account"), "a");
const B = entityId(functionKey("account"), "b");
const MINUTE = 60_000;

function born(): EntityInstance {
  const state = newState({
    ...{ no: instanceNo(1), instanceId: A, name: "account", version: null, parent: null, tags: null, startAt: null, generation: 0 },
    ...{
      executionId: executionId(A),
      input: null,
      customStatus: null,
      createdAt: 0,
      entity: entityOfRow({ input: null, customStatus: null }),
    },
  });
  assert.ok(isEntity(state));
  return state;
}

const signal = (operation: string, ts: number, more: Partial<EntityOp> = {}): EntityOp => ({
  ...{ kind: "entityOp", ts, operation, input: null, due: null, from: null, lock: null },
  ...more,
});
const call = (operation: string, ts: number, no = 9, id = 0): EntityOp =>
  signal(operation, ts, { from: { no: instanceNo(no), generation: 0, taskId: eventId(id) } });
const section = (kind: EntityLock["kind"], no: number, ts: number, entities = [A, B], at = 0): EntityLock => {
  const lock = { no: instanceNo(no), generation: 0, id: eventId(0) };
  return { kind, ts, lock, holder: instanceId(`order-${no}`), entities, at };
};

/** An executor: the state is the list of the operations that succeeded. */
function run(plan: EntityPlan, { most = 1_000, fails = "fails" } = {}): Pick<EntityBatchRan, "state" | "results" | "actions"> | null {
  if (plan.operations.length === 0) return null;
  const done: string[] = plan.value === null ? [] : JSON.parse(plan.value);
  const results = plan.operations.slice(0, most).map(({ op: { operation } }) => {
    if (operation === fails) return { kind: "failed", failure: { errorType: "Error", message: "it does" } } as const;
    done.push(operation);
    return { kind: "completed", result: payload(JSON.stringify(operation)) } as const;
  });
  return { state: payload(JSON.stringify(done)), results, actions: [] };
}

function batch(state: EntityInstance, messages: readonly Message[], now: number, options: { most?: number } = {}): EntityCommit {
  const plan = planEntity(state, messages, now);
  const commit = applyEntityBatch(state, plan, run(plan, options), () => executionId("minted"));
  foldEntity(state, commit);
  return commit;
}

const done = (state: EntityInstance): unknown => (state.entity.value === null ? null : JSON.parse(state.entity.value));
const sent = ({ messages }: EntityCommit) => messages.map(({ to, message }) => [message.kind, "no" in to ? to.no : to.instanceId]);

test("a call changes the state and is answered in one commit, without history", () => {
  const state = born();
  const commit = batch(state, [signal("one", 1), call("two", 2), call("fails", 3, 9, 1)], 10);
  assert.deepEqual([commit.taken, commit.events, commit.fresh, state.generation], [3, [], false, 0]);
  assert.deepEqual(done(state), ["one", "two"]);
  assert.deepEqual(commit.messages, [
    { to: { no: 9 }, message: { kind: "entityCompleted", ts: 10, generation: 0, taskId: 0, result: '"two"' } },
    {
      to: { no: 9 },
      message: {
        ...{ kind: "entityFailed", ts: 10, generation: 0, taskId: 1, result: null },
        failure: { errorType: "Error", message: "it does" },
      },
    },
  ]);
});

test("a signal that fails is noted for people", () => {
  const state = born();
  batch(state, [signal("fails", 1)], 10);
  assert.deepEqual(state.entity.notes.lastFailure, { operation: "fails", message: "it does", at: 10 });
});

test("behind a lock all others wait, in order; the release lets them go and travels on", () => {
  const state = born();
  const locked = batch(state, [section("entityLock", 7, 1), signal("other", 2), section("entityLock", 8, 3), call("own", 4, 7)], 10);
  assert.deepEqual(sent(locked), [
    ["entityLock", B],
    ["entityCompleted", 7],
  ]);
  assert.deepEqual(done(state), ["own"]);
  assert.deepEqual([state.entity.held.length, state.nextSeq, entityWake(state)], [2, 2, null]);
  const freed = batch(state, [signal("later", 20), section("entityRelease", 7, 21)], 30);
  assert.deepEqual(sent(freed), [
    ["entityRelease", B],
    ["entityLock", B],
  ]);
  assert.deepEqual([done(state), state.entity.notes.lock?.key.no, state.entity.held.length], [["own", "other"], 8, 1]);
  batch(state, [section("entityRelease", 8, 40)], 50);
  assert.deepEqual([done(state), state.entity.notes.lock, state.nextSeq, state.generation], [["own", "other", "later"], null, 0, 1]);
});

test("the last entity of a section answers the holder", () => {
  const state = born();
  assert.deepEqual(sent(batch(state, [section("entityLock", 7, 1, [A], 0)], 10)), [["lockGranted", 7]]);
  assert.deepEqual(sent(batch(state, [section("entityRelease", 7, 1, [A], 0)], 10)), []);
});

test("a release that finds its request still held takes it out and ends there; one that finds neither passes", () => {
  const state = born();
  batch(state, [section("entityLock", 7, 1)], 10);
  batch(state, [section("entityLock", 8, 11)], 12);
  assert.deepEqual(sent(batch(state, [section("entityRelease", 8, 13)], 14)), []);
  assert.deepEqual([state.entity.held, state.nextSeq, state.entity.notes.lock?.key.no], [[], 0, 7]);
  const gone = batch(
    state,
    [section("entityLock", 9, 15), section("entityRelease", 9, 16), section("entityRelease", 5, 16, [A, B], 1)],
    17,
  );
  assert.deepEqual([gone.taken, gone.events, sent(gone), state.entity.held], [3, [], [], []]);
  assert.deepEqual(sent(batch(state, [section("entityRelease", 5, 18)], 19)), [["entityRelease", B]]);
});

test("an operation that the holder sent before it asked runs inside its section, although it comes later", () => {
  const state = born();
  batch(state, [section("entityLock", 7, 5), signal("early", 1, { sender: instanceNo(7) }), call("inside", 6, 7)], 10);
  assert.deepEqual([done(state), state.nextSeq], [["early", "inside"], 0]);
});

test("signals before their time are held: they go before what was accepted after they were due, and never early", () => {
  const state = born();
  batch(state, [signal("second", 1, { due: 200 }), signal("first", 2, { due: 100 }), signal("now", 3)], 50);
  assert.deepEqual([done(state), entityWake(state)], [["now"], 100]);
  batch(state, [signal("at 99", 99), signal("at 150", 150)], 199);
  assert.deepEqual([done(state), entityWake(state)], [["now", "at 99", "first", "at 150"], 200]);
  batch(state, [], 200);
  assert.deepEqual(
    [done(state), entityWake(state), state.nextSeq, state.generation],
    [["now", "at 99", "first", "at 150", "second"], null, 0, 1],
  );
});

test("a signal whose time was past when it was sent keeps its place", () => {
  const state = born();
  batch(state, [signal("one", 50), signal("two", 50, { due: 20 }), signal("three", 50)], 60);
  assert.deepEqual(done(state), ["one", "two", "three"]);
});

test("no operation runs before it is due by the entity's own time, whatever its worker's clock says", () => {
  const state = born();
  batch(state, [signal("due by the sender's clock", 100, { due: 90 })], 60);
  assert.deepEqual([done(state), state.clock], [["due by the sender's clock"], 90]);
});

test("what the executor did not run has not happened: messages stay, and so does what is held", () => {
  const state = born();
  const first = batch(state, [section("entityLock", 7, 1), signal("held", 2), section("entityRelease", 7, 3), signal("next", 4)], 10, {
    most: 0,
  });
  assert.deepEqual(
    [first.taken, sent(first)],
    [
      3,
      [
        ["entityLock", B],
        ["entityRelease", B],
      ],
    ],
  );
  assert.deepEqual([state.entity.held.length, entityWake(state)], [1, "now"]);
  const second = batch(state, [signal("next", 4)], 11, { most: 1 });
  assert.deepEqual([second.taken, done(state)], [0, ["held"]]);
  assert.deepEqual([batch(state, [signal("next", 4)], 12).taken, done(state)], [1, ["held", "next"]]);
});

test("at most so many operations in a batch; the messages behind them stay", () => {
  const state = born();
  const messages = [signal("one", 1), section("entityLock", 7, 2), call("two", 3, 7), section("entityRelease", 7, 4)];
  const plan = planEntity(state, messages, 10, 1);
  assert.deepEqual(plan.operations, [{ op: messages[0], index: 0 }]);
  assert.deepEqual(applyEntityBatch(state, plan, run(plan), () => executionId("x")).taken, 2);
});

test("a second signal with the same id is dropped for 30 minutes, among the last 256", () => {
  const state = born();
  const at = (ts: number, id: string) => batch(state, [signal(id, ts, { messageId: id })], ts);
  at(0, "a");
  batch(state, [signal("a", 1, { messageId: "a" }), signal("b", 1, { messageId: "b" }), signal("b", 1, { messageId: "b" })], 1);
  assert.deepEqual(done(state), ["a", "b"]);
  at(30 * MINUTE - 1, "a");
  assert.deepEqual(done(state), ["a", "b"]);
  at(30 * MINUTE, "a");
  assert.deepEqual(done(state), ["a", "b", "a"]);
  for (let n = 0; n < 256; n += 1) at(30 * MINUTE + 1, `other ${n}`);
  assert.equal(state.entity.notes.seen.length, 256);
  at(30 * MINUTE + 2, "a");
  assert.equal((done(state) as readonly string[]).at(-1), "a");
});

test("an entity without a state is kept for the ids that it remembers, then its row may go", () => {
  const state = born();
  assert.equal(isEmptyEntity(state, 0), true);
  batch(state, [signal("fails", 5, { messageId: "a" })], 10);
  state.entity.value = null;
  assert.deepEqual([isEmptyEntity(state, 11), entityWake(state)], [false, 10 + 30 * MINUTE]);
  assert.equal(isEmptyEntity(state, 10 + 30 * MINUTE), true);
});

test("a purge carries out the release that waits behind an operation, without running that", () => {
  const state = born();
  batch(state, [section("entityLock", 7, 1)], 2);
  const purged = batch(state, [signal("ends its process", 3), section("entityRelease", 7, 4), { kind: "entityPurge", ts: 5 }], 10);
  assert.deepEqual([sent(purged), purged.taken, done(state), state.entity.notes.lock], [[["entityRelease", B]], 3, null, null]);
});

test("a purge takes state and held operations; calls fail, the lock, requests for it and ids stay", () => {
  const state = born();
  batch(
    state,
    [signal("one", 1, { messageId: "m" }), section("entityLock", 7, 2), section("entityLock", 8, 3), call("two", 4), signal("three", 5)],
    10,
  );
  batch(state, [signal("four", 11, { due: 500 })], 12);
  const purged = batch(state, [call("five", 13), { kind: "entityPurge", ts: 14 }, signal("six", 15)], 20);
  assert.equal(purged.taken, 2);
  assert.deepEqual(
    purged.messages.map(({ message }) => message.kind === "entityFailed" && message.failure?.errorType),
    ["EntityPurgedError", "EntityPurgedError"],
  );
  const { value, notes, held } = state.entity;
  assert.deepEqual([value, notes.seen.length, notes.lock?.key.no, held.map(({ message }) => message.kind)], [null, 1, 7, ["entityLock"]]);
  const alone = planEntity(born(), [signal("before", 1), { kind: "entityPurge", ts: 2 }], 10);
  assert.deepEqual([alone.operations.length, alone.steps.map(({ kind }) => kind)], [0, ["hold", "purge"]]);
});

test("an operator sets operations aside where they wait: nothing else happens in that turn, and one that waits elsewhere now is not meant", () => {
  const state = born();
  batch(state, [section("entityLock", 7, 1), call("held", 2, 9, 3), signal("stays", 3)], 10);
  const resume = (skip: WaitingPlace): Message => ({ kind: "resume", ts: 20, reason: "it ends the process", skip });
  const waiting = [
    { message: call("kills", 11, 9, 4), seq: 101 },
    { message: signal("behind", 12), seq: 102 },
    { message: resume({ seq: 101 }), seq: 103 },
    { message: resume({ generation: 0, held: state.entity.held[0]?.place ?? -1 }), seq: 104 },
  ];
  const aside = setAside(state, waiting, 30);
  assert.ok(aside);
  assert.deepEqual([aside.taken.map(({ seq }) => seq), aside.left.map(({ seq }) => seq)], [[103, 104, 101], [102]]);
  const commit = applyEntityBatch(state, aside.plan, null, () => executionId("none"));
  foldEntity(state, commit);
  assert.equal(commit.taken, 3);
  assert.deepEqual(
    commit.messages.map(({ message }) => message.kind === "entityFailed" && message.taskId),
    [4, 3],
  );
  const [failed] = commit.messages;
  assert.match(JSON.stringify(failed), /EntityOperationSkippedError.*\(it ends the process\)/);
  assert.deepEqual(
    state.entity.held.map(({ message }) => message.kind === "entityOp" && message.operation),
    ["stays"],
  );
  for (const place of [{ seq: 102 }, { generation: 1, held: 0 }, { generation: 0, held: 99 }])
    assert.equal(
      setAside(
        state,
        [
          { message: resume(place), seq: 105 },
          { message: signal("other", 40), seq: 106 },
        ],
        50,
      ),
      null,
    );
});

test("a history never has more than four events for each held message, and 256", () => {
  const state = born();
  batch(state, [signal("last", 0, { due: 1_000_000 })], 0);
  let longest = 0;
  for (let ts = 1; ts <= 1_000; ts += 1) {
    batch(state, [signal("soon", ts, { due: ts + 1 })], ts);
    longest = Math.max(longest, state.nextSeq);
    assert.ok(state.nextSeq <= 4 * state.entity.held.length + 256);
  }
  assert.ok(longest > 200 && state.generation > 5 && state.generation < 20, `${longest} events, ${state.generation} generations`);
  batch(state, [], 1_000_000);
  assert.deepEqual([state.nextSeq, (done(state) as readonly string[]).length], [0, 1_001]);
});

test("messages for orchestrations are dropped", () => {
  const commit = batch(
    born(),
    [
      { kind: "event", ts: 1, name: "go", input: null },
      { kind: "terminate", ts: 2, reason: null },
    ],
    10,
  );
  assert.deepEqual([commit.taken, commit.messages, commit.value], [2, [], null]);
});

test("what an operation sent goes out before its answer, and only that of operations that ran", () => {
  const state = born();
  const plan = planEntity(state, [call("one", 1), call("two", 2, 9, 1)], 10);
  const to = { instanceId: B, operation: "x", input: null, due: -5 };
  const start = { name: "Order", instanceId: instanceId("o-1"), minted: true, input: null, version: "2", tags: null, startAt: null };
  const commit = applyEntityBatch(
    state,
    plan,
    {
      state: payload("1"),
      results: [{ kind: "completed", result: null }],
      actions: [
        { kind: "signalEntity", by: 0, ...to },
        { kind: "startOrchestration", by: 0, ...start },
        { kind: "signalEntity", by: 1, ...to },
      ],
    },
    () => executionId("minted"),
  );
  assert.deepEqual(sent(commit), [
    ["entityOp", B],
    ["entityCompleted", 9],
  ]);
  assert.deepEqual(
    commit.children.map(({ start: child }) => [child.instanceId, child.executionId, child.parent, child.version]),
    [["o-1", "minted", null, "2"]],
  );
});
