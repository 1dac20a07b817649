import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Action } from "../model/action.ts";
import type { EpisodeOutcome } from "../model/executor.ts";
import { functionKey } from "../model/function-name.ts";
import { entityId, eventId, executionId, instanceId, instanceNo, parseEntityId } from "../model/ids.ts";
import type { EntityReply, Message } from "../model/message.ts";
import { payload } from "../model/payload.ts";
import type { EpisodeRun } from "./apply-episode.ts";
import { applyEpisode } from "./apply-episode.ts";
import { foldAll } from "./fold.ts";
import { receive } from "./receive.ts";
import type { InstanceState } from "./state.ts";
import { beginGeneration, newState } from "./state.ts";

const mint = () => executionId("minted");
const account = (key: string) => entityId(functionKey("Account"), key);
const [A, B, C] = [account("a"), account("b"), account("c")];

const born = (): InstanceState =>
  newState({
    ...{ no: instanceNo(7), instanceId: instanceId("order-1"), name: "Order", version: null, parent: null, tags: null, startAt: null },
    ...{ generation: 0, executionId: executionId("e0"), input: null, customStatus: null, createdAt: 1_000 },
  });

function episode(state: InstanceState, messages: readonly Message[], run: Partial<EpisodeRun> = {}) {
  const reception = receive(state, messages, 1_001);
  const commit = applyEpisode(state, reception, reception.decision === "run" ? { actions: [], outcome: null, ...run } : null, mint);
  foldAll(state, commit.events);
  return { kinds: commit.events.map((event) => event.kind), sent: commit.messages, commit };
}

const lock = (id: number, ...entities: (typeof A)[]): Action => ({ kind: "lockEntities", id: eventId(id), entities });
const release = (lockId: number): Action => ({ kind: "releaseLock", lockId: eventId(lockId) });
const call = (id: number, to = A): Action => ({
  kind: "callEntity",
  id: eventId(id),
  instanceId: to,
  operation: "add",
  input: payload("1"),
});
const reply = (kind: EntityReply["kind"], taskId: number, generation = 0): EntityReply => ({
  ...{ kind, ts: 0, generation, taskId: eventId(taskId), result: payload("2") },
  ...(kind === "entityFailed" ? { failure: { errorType: "Error", message: "no" } } : {}),
});
const key = (id: number, generation = 0) => ({ no: instanceNo(7), generation, id: eventId(id) });
const released = (id: number, generation = 0) => [
  {
    to: { instanceId: A },
    message: { kind: "entityRelease", ts: 1_001, lock: key(id, generation), holder: instanceId("order-1"), entities: [A, B], at: 0 },
  },
];

test("the id of an entity: the name in one form, the key exactly, split at the second mark", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-zµİß]{1,9}$/), fc.string(), (name, of) => {
      assert.deepEqual(parseEntityId(entityId(functionKey(name), of)), { name: functionKey(name), key: of });
    }),
  );
  assert.deepEqual(parseEntityId("@counter@a@b"), { name: "counter", key: "a@b" });
  assert.deepEqual(parseEntityId("@counter@"), { name: "counter", key: "" });
  for (const other of ["counter@a", "@counter", "@@a", "@", ""]) assert.equal(parseEntityId(other), null, other);
});

test("a call is answered once, by the reply to its own generation", () => {
  const state = born();
  const asked = episode(state, [], { actions: [call(0)] });
  const from = { no: instanceNo(7), generation: 0, taskId: eventId(0) };
  assert.deepEqual(asked.sent, [
    {
      to: { instanceId: A },
      message: {
        kind: "entityOp",
        ts: 1_001,
        operation: "add",
        input: payload("1"),
        due: null,
        from,
        lock: null,
        by: instanceId("order-1"),
      },
    },
  ]);
  assert.deepEqual(episode(state, [reply("entityCompleted", 0, 1), reply("entityCompleted", 5)]).kinds, []);
  const answers = episode(state, [reply("entityCompleted", 0), reply("entityFailed", 0)]).kinds;
  assert.deepEqual(answers, ["EntityOperationCompleted", "OrchestratorStarted", "OrchestratorCompleted"]);
  assert.deepEqual(episode(state, [reply("entityCompleted", 0)]).kinds, []);
});

test("a lock is asked for in one order, and its release travels the same way", () => {
  const state = born();
  const asked = episode(state, [], { actions: [lock(0, C, A, B, A)] });
  const entities = [A, B, C];
  assert.deepEqual(asked.sent, [
    { to: { instanceId: A }, message: { kind: "entityLock", ts: 1_001, lock: key(0), holder: instanceId("order-1"), entities, at: 0 } },
  ]);
  const given = episode(state, [reply("lockGranted", 0)], { actions: [release(0), release(0)] });
  assert.deepEqual(given.sent, [
    { to: { instanceId: A }, message: { kind: "entityRelease", ts: 1_001, lock: key(0), holder: instanceId("order-1"), entities, at: 0 } },
  ]);
  assert.deepEqual(given.kinds, ["EntityLockGranted", "OrchestratorStarted", "EntityUnlockSent", "OrchestratorCompleted"]);
  assert.equal(state.lock, null);
});

test("calls carry the section that they stand in: from the grant on, to its entities, until it is released", () => {
  const state = born();
  episode(state, [], { actions: [lock(0, A, B)] });
  const inside = episode(state, [reply("lockGranted", 0)], { actions: [call(1), call(2, C), release(0), call(3)] });
  const locks = inside.sent.flatMap(({ message }) => (message.kind === "entityOp" ? [message.lock] : []));
  assert.deepEqual(locks, [key(0), null, null]);
});

test("a grant that comes after the section was given up finds none, nor a later one", () => {
  const state = born();
  episode(state, [], { actions: [lock(0, A, B), release(0), lock(1, A, B)] });
  assert.deepEqual(episode(state, [reply("lockGranted", 0)]).kinds, []);
  assert.equal(state.lock?.granted, false);
  assert.deepEqual(episode(state, [reply("lockGranted", 1), reply("lockGranted", 1)]).kinds.slice(0, 2), [
    "EntityLockGranted",
    "OrchestratorStarted",
  ]);
});

const ENDS: readonly (readonly [string, EpisodeOutcome | null, Message | null])[] = [
  ["completed", { kind: "completed", output: null }, null],
  ["failed", { kind: "failed", failure: { errorType: "Error", message: "no" } }, null],
  ["continued as new", { kind: "continuedAsNew", input: null, carryOver: [] }, null],
  ["terminated", null, { kind: "terminate", ts: 0, reason: null }],
  [
    "replaced",
    null,
    {
      kind: "replace",
      ts: 0,
      start: {
        ...{ instanceId: instanceId("order-1"), executionId: executionId("e1"), name: "Order", input: null },
        ...{ version: null, tags: null, parent: null, startAt: null },
      },
    },
  ],
];

for (const [end, outcome, message] of ENDS) {
  for (const [when, messages] of [
    ["is only asked for", []],
    ["is held", [reply("lockGranted", 0)]],
  ] as const) {
    test(`an execution that is ${end} gives back the lock that ${when}`, () => {
      const state = born();
      episode(state, [], { actions: [lock(0, B, A)] });
      const event: Message = { kind: "event", ts: 0, name: "go", input: null };
      const { sent } = episode(state, [...messages, message ?? event], { outcome });
      assert.deepEqual(sent, released(0));
      assert.equal(state.lock, null);
    });
  }
}

test("an end in the episode that asks for the lock sends the release behind the request", () => {
  const { sent } = episode(born(), [], { actions: [lock(0, A, B)], outcome: { kind: "completed", output: null } });
  assert.deepEqual(
    sent.map(({ message }) => message.kind),
    ["entityLock", "entityRelease"],
  );
});

test("the next generation begins without a section and without calls", () => {
  const state = born();
  episode(state, [], { actions: [call(0), lock(1, A, B)] });
  const event: Message = { kind: "event", ts: 0, name: "go", input: null };
  const { commit } = episode(state, [event], { outcome: { kind: "continuedAsNew", input: null, carryOver: [] } });
  assert.ok(commit.next !== null);
  beginGeneration(state, commit.next);
  assert.deepEqual(receive(state, [reply("entityCompleted", 0), reply("lockGranted", 1)], 1_002).events, []);
  assert.equal(state.lock, null);
});
