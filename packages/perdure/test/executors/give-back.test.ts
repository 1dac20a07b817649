import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { ActivityRequest, ActivityResult, Executor, KindOffer, NotRun } from "../../src/model/executor.ts";
import { ChangingExecutor } from "../../src/testing/changing-executor.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const asks = orchestrator("asks", (ctx, n: number) => Promise.all(Array.from({ length: n }, () => ctx.callActivity("work"))));

const LOST: NotRun = { kind: "lost", atFault: false, reason: "the place is gone" };
const DECLINED: NotRun = { kind: "declined", retryAfterMs: 5_000, elsewhere: true };
const NO_ACTIVITIES: Partial<KindOffer> = { names: [] };

type Answer = (node: number, request: ActivityRequest, executor: ChangingExecutor) => ActivityResult | null;

/** The first node has no activities, so that all of them are rows of the task queue. */
async function open(offers: readonly Partial<KindOffer>[], answer: Answer) {
  const executors: ChangingExecutor[] = [];
  const ran: number[] = [];
  const executor = (native: Executor) => {
    const node = executors.length;
    const wrapped = wrapExecutor(native, {
      runActivity: (request) => {
        const given = answer(node, request, executors[node] as ChangingExecutor);
        return given === null ? native.runActivity(request) : Promise.resolve(given);
      },
    });
    const changing = new ChangingExecutor(wrapped, { activity: offers[node] ?? {} });
    executors.push(changing);
    return changing;
  };
  const functions = ({ node }: { readonly node: number }) => [asks, activity("work", () => ran.push(node))];
  const fleet = await TestFleet.open(offers.length, { store: "memory", functions, executor });
  const rows = async () => (await fleet.sim.store.dump()).tasks.map(({ worker, attempts, crashes }) => ({ worker, attempts, crashes }));
  return { fleet, executors, ran, rows };
}

test("a claimed task whose place is lost goes to another worker as soon as one has a place; no run is added and none counted", async () => {
  const { fleet, executors, ran, rows } = await open([NO_ACTIVITIES, {}, { ready: false }], (node, _request, executor) => {
    if (node !== 1) return null;
    executor.change({ activity: { ready: false } });
    return LOST;
  });
  await using _ = fleet;
  await fleet.start(0, "asks", "one", 3);
  await fleet.advance(10_000);
  assert.deepEqual(
    (await rows()).map(({ worker, attempts }) => [worker !== null, attempts]),
    [1, 2, 3].map(() => [true, 1]),
    "no other worker has a place, so it stays where it is",
  );
  executors[2]?.change({ activity: { ready: true, capacity: 1 } });
  assert.deepEqual(await fleet.end("one", 3_000), [1, 2, 3]);
  assert.deepEqual(ran, [2, 2, 2]);
  const given = fleet.commits.flatMap(({ givenBackTasks }) => givenBackTasks);
  assert.deepEqual(
    given.map(({ attempts, crashes }) => [attempts, crashes]),
    [1, 2, 3].map(() => [1, 0]),
  );
});

test("what an executor declines for others to have is not claimed back while it would be declined again", async () => {
  const { fleet, ran } = await open([NO_ACTIVITIES, {}, {}], (node) => (node === 1 ? DECLINED : null));
  await using _ = fleet;
  await fleet.start(0, "asks", "one", 200);
  await fleet.end("one", 12_000);
  assert.ok(ran.every((node) => node === 2));
  assert.ok(fleet.commits.length < 300, `${fleet.commits.length} commits`);
});

test("losses travel with a task that is given back: the worker that gets it knows it for a crash suspect", async () => {
  const { fleet, executors, rows } = await open([NO_ACTIVITIES, {}, { ready: false }], (node, request, executor) => {
    if (node === 2) return { kind: "declined", retryAfterMs: 60_000, elsewhere: false };
    if (request.alone) executor.change({ activity: { ready: false } });
    return { kind: "lost", atFault: null };
  });
  await using _ = fleet;
  await fleet.start(0, "asks", "one", 1);
  await fleet.advance(2_000);
  executors[2]?.change({ activity: { ready: true } });
  await fleet.advance(3_000);
  assert.deepEqual(
    (await rows()).map(({ attempts, crashes }) => [attempts, crashes]),
    [[2, 4]],
  );
});
