import assert from "node:assert/strict";
import { test } from "node:test";
import { readActivity, readEntityBatch, readEpisode } from "./answer-shape.ts";

type Answer = { readonly kind: string; readonly [field: string]: unknown };

const trace = { traceparent: "00-1", tracestate: "a=1" };
const failure = { errorType: "Error", message: "no" };
const child = { name: "one", instanceId: "a", minted: true, input: null, version: "1", tags: { a: "b" }, trace };

const ACTIONS: readonly Answer[] = [
  {
    kind: "callActivity",
    name: "one",
    input: "1",
    timeoutMs: 5,
    progress: "1",
    slot: { key: "a", limit: 1 },
    version: "1",
    tags: { a: "b" },
    trace,
  },
  { kind: "callSubOrchestrator", ...child },
  { kind: "startOrchestration", ...child, startAt: 5 },
  { kind: "createTimer", fireAt: 5, retryOf: 1 },
  { kind: "cancelTimer", timerId: 1 },
  { kind: "sendEvent", instanceId: "a", name: "one", input: null },
  { kind: "markPatch", patch: "a" },
  { kind: "callEntity", instanceId: "@a@b", operation: "add", input: "1" },
  { kind: "signalEntity", instanceId: "@a@b", operation: "add", input: "1", due: null },
  { kind: "lockEntities", entities: ["@a@b"] },
  { kind: "releaseLock", lockId: 1 },
];
const OUTCOMES: readonly Answer[] = [
  { kind: "completed", output: "1" },
  { kind: "failed", failure, causedBy: [1] },
  { kind: "continuedAsNew", input: null, carryOver: [{ name: "one" }], version: null, tags: null },
];
const NOT_RUN: readonly Answer[] = [
  { kind: "lost", atFault: true, reason: "gone" },
  { kind: "poison", reason: "often" },
];
const RAN: Answer = {
  kind: "ran",
  actions: ACTIONS,
  customStatus: null,
  droppedEvents: [1],
  outcome: null,
  cursorBytes: 5,
  openEvents: ["one"],
  trace,
};
const RAN_BATCH: Answer = {
  kind: "ran",
  state: "1",
  results: [
    { kind: "completed", result: null },
    { kind: "failed", failure },
  ],
  actions: [
    { kind: "signalEntity", by: 0, instanceId: "@a@b", operation: "add", input: null, due: 5 },
    { kind: "startOrchestration", by: 1, ...child, startAt: null },
  ],
  cut: null,
};
const EPISODES = [...NOT_RUN, { kind: "stopped", code: "A", message: "b", episode: 1 }, RAN];
const ACTIVITIES = [...NOT_RUN, { kind: "completed", result: "1" }, { kind: "failed", failure }];
const BATCHES = [...NOT_RUN, { kind: "stopped", code: "A", message: "b" }, RAN_BATCH];

const asEpisode = (answer: Answer) => readEpisode(answer as never, false);
const asActivity = (answer: Answer) => readActivity(answer as never);
const asBatch = (answer: Answer) => readEntityBatch(answer as never, { operations: [{}, {}] } as never);

/** Each field of an answer with a value that it may not have is the one that the reason names. */
function refusesEachField(answer: Answer, read: (answer: Answer) => unknown, named: (field: string) => string): void {
  for (const field of Object.keys(answer)) {
    const wrong = { ...answer, [field]: Symbol("wrong") };
    const name = named(field);
    const why = name === "kind" ? "its kind is unknown" : name;
    const reason = `the executor's answer is not one that its port allows (${why})`;
    assert.deepEqual(read(wrong), { kind: "lost", atFault: null, reason }, `${answer.kind}.${field}`);
  }
}

test("an answer as the port has it is taken as it is; of any other the reason names the first field that does not fit", () => {
  for (const [answers, read] of [[EPISODES, asEpisode] as const, [ACTIVITIES, asActivity] as const, [BATCHES, asBatch] as const]) {
    for (const answer of answers) {
      assert.equal(read(answer), answer);
      refusesEachField(answer, read, (field) => field);
    }
  }
});

test("… and so is each action, outcome and result in it", () => {
  for (const outcome of OUTCOMES) {
    assert.deepEqual(asEpisode({ ...RAN, outcome }), { ...RAN, outcome });
    refusesEachField(
      outcome,
      (wrong) => asEpisode({ ...RAN, outcome: wrong }),
      () => "outcome",
    );
  }
  for (const action of ACTIONS)
    refusesEachField(
      action,
      (wrong) => asEpisode({ ...RAN, actions: [wrong] }),
      () => "actions",
    );
  for (const part of ["actions", "results"] as const)
    for (const item of RAN_BATCH[part] as readonly Answer[])
      refusesEachField(
        item,
        (wrong) => asBatch({ ...RAN_BATCH, [part]: [wrong] }),
        () => part,
      );
});
