import assert from "node:assert/strict";
import test from "node:test";
import type { ActivityRequest } from "../model/executor.ts";
import type { HistoryEvent } from "../model/history.ts";
import { eventId, executionId, fence, instanceId, instanceNo, seed, workerId } from "../model/ids.ts";
import { payload } from "../model/payload.ts";
import type { AuditRow } from "../store/audit.ts";
import type { CommitReceipt, GroupCommit } from "../store/commit.ts";
import type { Store } from "../store/contract.ts";
import { createMemoryStore } from "../stores/memory/memory-store.ts";
import type { ObservedRule } from "./observations.ts";
import { Recorder } from "./recorder.ts";
import { NOTHING_SWEPT } from "./store-conformance/hub.ts";

const NO = instanceNo(1);
const KEY = { no: NO, generation: 0, eventId: eventId(0) };
const RUN: ActivityRequest = {
  ...KEY,
  instanceId: instanceId("i"),
  name: "act",
  alone: false,
  input: null,
  attempt: 1,
  seed: seed("s"),
  callId: eventId(0),
  timeoutMs: null,
  progress: null,
  version: null,
  tags: null,
  trace: null,
};
const start = {
  instanceId: instanceId("i"),
  executionId: executionId("e"),
  name: "main",
  input: null,
  version: null,
  tags: null,
  parent: null,
  startAt: null,
};
const empty: Omit<GroupCommit, "worker" | "fence" | "n" | "token"> = {
  follows: 0,
  creates: [],
  history: [],
  updates: [],
  notes: [],
  consumed: [],
  finishedTasks: [],
  messages: [],
  newTasks: [],
  heartbeats: [],
  givenBackTasks: [],
  cancelTasks: [],
  releases: [],
  stops: [],
  ended: [],
  claim: null,
  claimTasks: null,
};
const receipt: CommitReceipt = {
  now: 100,
  notStarted: [],
  undelivered: [],
  messageSeqs: [],
  released: [],
  stoppedNos: [],
  claimed: [],
  claimedSuspect: false,
  claimedTasks: [],
  mailFor: [],
  owners: [],
  madeReady: false,
};

/** A recorder around a store that takes whatever it is given: every promise can be broken. */
async function setUp() {
  const recorder = new Recorder();
  const real = createMemoryStore({ now: () => 100 });
  const gullible: Store = {
    ...real,
    commit: () => Promise.resolve(receipt),
    onForeignChange: () => () => {},
    onEnds: () => () => {},
    close: () => Promise.resolve(),
    dump: async () => ({ ...(await real.dump()), audit: [GONE] }),
    sweep: () => Promise.resolve({ ...NOTHING_SWEPT, repaired: 1 }),
  };
  const store = recorder.watch(gullible);
  const { worker, fence: own } = await store.join({
    leaseMs: 1_000,
    functions: { orchestrator: ["main"], activity: [], entity: [] },
    host: "h",
  });
  let n = 0;
  const commit = (part: Partial<GroupCommit>) => {
    n += 1;
    return store.commit({ ...empty, worker, fence: own, n, token: `t${n}`, ...part });
  };
  const create = { no: NO, start, owned: true, onExisting: "fail", ifExists: null, wakeAt: 1, createdAt: 1 } as const;
  await commit({ creates: [create], history: [append(0, [scheduled])], updates: [update(1, "Running")] });
  return { recorder, store, commit, worker };
}

const scheduled: HistoryEvent = { kind: "TaskScheduled", ts: 10, id: eventId(0), name: "act", input: null };
const retried: HistoryEvent = { ...scheduled, id: eventId(1), retry: { of: eventId(0), attempt: 2 } };
const raised = (messageId: string): HistoryEvent => ({ kind: "EventRaised", ts: 10, name: "Go", input: null, messageId });
const append = (firstSeq: number, events: readonly HistoryEvent[]) => ({
  no: NO,
  expectedVersion: null,
  generation: 0,
  firstSeq,
  count: events.length,
  events: JSON.stringify(events),
  at: 10,
});
const update = (version: number, status: "Running" | "Completed") => ({
  no: NO,
  expectedVersion: version - 1,
  version,
  generation: 0,
  executionId: executionId("e"),
  status,
  customStatus: null,
  nextWake: null,
  updatedAt: 10,
});

const GONE: AuditRow = {
  ...{ instanceId: start.instanceId, no: NO, what: "purge", at: 100, firstAt: 100, count: 1, by: null, reason: null, detail: "{}" },
};

type World = Awaited<ReturnType<typeof setUp>>;

const BREACHES: { readonly [Rule in ObservedRule]: (world: World) => unknown } = {
  "version-once": ({ commit }) => commit({ updates: [update(1, "Running")] }),
  "terminal-final": async ({ commit }) => {
    await commit({ updates: [update(2, "Completed")] });
    await commit({ updates: [update(3, "Running")] });
  },
  "append-only": ({ commit }) => commit({ history: [append(0, [raised("a#1")])] }),
  "fenced-write": ({ commit }) => commit({ fence: fence(99) }),
  "batch-once": async ({ commit }) => {
    await commit({ n: 50 });
    await commit({ n: 50 });
  },
  "mail-once": async ({ commit }) => {
    await commit({ consumed: [{ no: NO, seq: 4 }] });
    await commit({ consumed: [{ no: NO, seq: 4 }] });
  },
  "time-of-store": ({ commit }) => commit({ history: [append(1, [{ ...raised("a#1"), ts: 101 }])] }),
  "effect-after-cause": ({ recorder }) => recorder.activityBegins({ ...RUN, eventId: eventId(7) }),
  "one-key-per-call": async ({ recorder, commit }) => {
    await commit({ history: [append(1, [retried])] });
    recorder.activityBegins(RUN);
    recorder.activityBegins({ ...RUN, eventId: eventId(1), callId: eventId(1), attempt: 2 });
  },
  "answer-after-commit": ({ recorder }) => recorder.messageAnswered("i", "a#1"),
  "accepted-kept": async ({ recorder, commit }) => {
    await commit({ messages: [{ to: { no: NO }, message: { kind: "event", ts: 10, name: "Go", input: null, messageId: "a#1" } }] });
    recorder.messageAnswered("i", "a#1");
  },
  "sender-order": ({ commit }) => commit({ history: [append(1, [raised("a#2"), raised("a#1")])] }),
  "completed-ran": async ({ recorder, commit }) => {
    recorder.activityEnded(KEY, '"other"');
    await commit({ history: [append(1, [{ kind: "TaskCompleted", ts: 10, taskId: eventId(0), result: payload('"this"') }])] });
  },
  "scheduled-ran": async ({ store, commit }) => {
    await store.start({ start, onExisting: "error" });
    await commit({ history: [append(1, [{ kind: "ExecutionCompleted", ts: 10, status: "Completed", result: null }])] });
  },
  "audit-kept": ({ commit }) =>
    commit({ history: [append(1, [{ kind: "ContinueAsNew", ts: 10, input: null }])], updates: [update(2, "Running")] }),
  "sweep-idle": ({ store }) => store.sweep(),
};

for (const [rule, breach] of Object.entries(BREACHES)) {
  test(`a broken promise is named: ${rule}`, async () => {
    const world = await setUp();
    await breach(world);
    const found = world.recorder.finish(await world.store.dump(), true).map((one) => one.rule);
    assert.ok(found.includes(rule), `found only: ${found.join(", ") || "nothing"}`);
  });
}

test("what is kept is not a breach", async () => {
  const { recorder, commit, store, worker } = await setUp();
  await commit({ history: [append(1, [raised("a#1"), raised("a#2"), retried])], updates: [update(2, "Running")] });
  recorder.activityBegins(RUN);
  recorder.activityBegins({ ...RUN, eventId: eventId(1), attempt: 2 });
  recorder.startAnswered("i");
  recorder.messageAnswered("i", "a#2");
  assert.equal(worker, workerId(1));
  assert.deepEqual(recorder.finish(await store.dump(), true), []);
});

test("a run that was accepted in place of another is there at the end, or was there", async () => {
  const { recorder, commit, store } = await setUp();
  await store.start({ start, onExisting: "error" });
  const [second, third] = ["second", "third"].map((run) => ({ ...start, executionId: executionId(run) }));
  for (const next of [second!, third!])
    assert.equal((await store.start({ start: next, onExisting: "replace", replaces: start.executionId })).outcome, "replacing");
  const create = { owned: true, onExisting: "replaceEnded", ifExists: null, wakeAt: 1, createdAt: 1 } as const;
  await commit({ creates: [{ ...create, no: instanceNo(77), start: third! }] });
  const found = recorder.finish(await store.dump(), true).filter(({ detail }) => detail.includes("accepted in place"));
  assert.deepEqual(
    found.map(({ rule, detail }) => [rule, detail.includes("second")]),
    [["accepted-kept", true]],
  );
});
