import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { EpisodeResult } from "../../src/model/executor.ts";
import { StoreRefusalError } from "../../src/store/errors.ts";
import { TestFleet } from "./fleet.testsuite.ts";

const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent<string>("Go"));

const open = () => TestFleet.open(1, { store: "memory", functions: () => [waits] });

async function aliveIn(fleet: TestFleet): Promise<number> {
  const { workers } = await fleet.sim.store.readWorkers();
  return workers.filter(({ fence }) => fence !== null).length;
}

test("a worker that is stopped while it joins leaves no live row", async () => {
  const fleet = await open();
  await using _ = fleet;
  const { store } = fleet.sim;
  const join = store.join.bind(store);
  let answer: () => void = () => {};
  store.join = async (params) => {
    const joined = await join(params);
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return joined;
  };
  const joining = fleet.join();
  await fleet.advance(100);
  assert.equal(await aliveIn(fleet), 2);
  const stopped = fleet.processes.at(-1)?.worker.stop();
  answer();
  await fleet.advance(100);
  await Promise.all([joining, stopped]);
  assert.equal(await aliveIn(fleet), 1);
});

test("a worker whose start fails behind its join leaves no live row", async () => {
  const fleet = await open();
  await using _ = fleet;
  fleet.sim.store.resumeForCode = async () => {
    await fleet.sim.world.sleep(50);
    throw new StoreRefusalError({ kind: "otherRelease", detail: "newer" });
  };
  const joining = assert.rejects(fleet.join());
  await fleet.advance(1_000);
  await joining;
  assert.equal(await aliveIn(fleet), 1);
});

for (const isStopped of [true, false])
  test(`a worker that joins again ${isStopped ? "and is stopped" : "at the second attempt"} leaves no live row of the attempt before`, async () => {
    const fleet = await open();
    await using _ = fleet;
    const { store } = fleet.sim;
    const resumeForCode = store.resumeForCode.bind(store);
    let attempts = 0;
    store.resumeForCode = (params) => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new StoreRefusalError({ kind: "busy", detail: "no" })) : resumeForCode(params);
    };
    const commit = store.commit.bind(store);
    store.commit = () => Promise.reject(new StoreRefusalError({ kind: "fenced" }));
    const [process] = fleet.processes;
    assert.ok(process);
    const started = fleet.client(0).start({ name: "waits", instanceId: "one", input: null });
    await fleet.advance(2);
    store.commit = commit;
    const stopped = isStopped ? process.worker.stop() : undefined;
    await fleet.advance(5_000);
    await Promise.allSettled([started, stopped]);
    assert.ok(attempts > 0);
    const [fenced] = fleet.commits.map(({ worker }) => worker); // its death is only what the test says
    const { workers } = await store.readWorkers();
    const alive = workers.filter(({ worker, fence }) => fence !== null && worker !== fenced).map(({ worker }) => worker);
    assert.equal(alive.length, isStopped ? 0 : 1, JSON.stringify(workers));
  });

test("a worker that drains does not ask again and again, without a pause, for an episode that its executor leaves to others", async () => {
  let asked = 0;
  let firstAnswer: (answer: EpisodeResult) => void = () => {};
  const declined: EpisodeResult = { kind: "declined", retryAfterMs: 0, elsewhere: true };
  const fleet = await TestFleet.open(1, {
    ...{ store: "memory", functions: () => [waits], settings: { drainMs: 2_000 } },
    executor: (native) =>
      wrapExecutor(native, {
        runEpisode: () => {
          asked += 1;
          if (asked > 1) return Promise.resolve(declined);
          return new Promise((resolve) => {
            firstAnswer = resolve;
          });
        },
      }),
  });
  await using _ = fleet;
  await fleet.start(0, "waits", "w");
  const stopped = fleet.processes[0]?.worker.stop();
  await fleet.advance(100);
  firstAnswer(declined);
  await fleet.advance(5_000);
  await stopped;
  assert.ok(asked < 50, `it was asked ${asked} times`);
});
