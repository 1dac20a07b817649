import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { limitAnswers } from "../../src/executors/limit-answers.ts";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { EpisodeKey, EpisodeRequest, EpisodeResult, Executor } from "../../src/model/executor.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import type { NodeTime } from "../../src/testing/virtual-time.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

let begun = 0;
const work = activity("work", () => {
  begun += 1;
});
const far = orchestrator("far", async (ctx) => {
  await ctx.callActivity(work);
  return ctx.waitForExternalEvent<string>("Go");
});
const near = orchestrator("near", (ctx) => ctx.callSubOrchestrator("far", undefined, { instanceId: `${ctx.instanceId}-child` }));
const short = orchestrator("short", async () => 1);

interface Asked {
  readonly request: EpisodeRequest;
  readonly answer: () => void;
}

/** Episodes of "far" answer when the test says so: as in another process. */
async function open(store: "memory" | "sqlite", more: (executor: Executor, time: NodeTime) => Executor = (executor) => executor) {
  const asked: Asked[] = [];
  const aborted: unknown[] = [];
  begun = 0;
  const executor = (native: Executor, time: NodeTime) =>
    more(
      wrapExecutor(native, {
        runEpisode: (request) => {
          if (request.name !== "far") return native.runEpisode(request);
          return new Promise<EpisodeResult>((resolve, reject) => {
            asked.push({ request, answer: () => void native.runEpisode(request).then(resolve, reject) });
          });
        },
        abortEpisode: ({ no, attempt }: EpisodeKey, reason) => void aborted.push({ no, attempt, reason }),
      }),
      time,
    );
  const fleet = await TestFleet.open(1, { store, functions: () => [far, near, short, work], executor });
  const soon = async <Result>(promise: Promise<Result>): Promise<Result> => {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await fleet.advance(100);
    assert.ok(isSettled, "it is answered within 100 ms");
    return promise;
  };
  return { fleet, asked, aborted, soon };
}

const terminate = (instanceId: string, recursive = false) => ({ instanceId, reason: "enough", recursive });

for (const store of inTurn("interrupt", ["memory", "sqlite"] as const)) {
  test(`a terminate interrupts an episode that runs elsewhere, and its late answer is ignored (${store})`, async () => {
    const { fleet, asked, aborted, soon } = await open(store);
    await using _ = fleet;
    await fleet.start(0, "far", "one");
    await fleet.advance(5_000);
    assert.equal(asked.length, 1);
    await soon(fleet.client(0).terminate(terminate("one")));
    await fleet.advance(100);
    const status = await fleet.status("one");
    assert.deepEqual([status?.runtimeStatus, status?.output], ["Terminated", '"enough"']);
    const { no, attempt } = asked[0]?.request ?? { no: 0, attempt: 0 };
    assert.deepEqual(aborted, [{ no, attempt, reason: "terminated" }]);
    asked[0]?.answer();
    await fleet.advance(1_000);
    assert.equal(begun, 0);
    assert.equal((await fleet.status("one"))?.runtimeStatus, "Terminated");
  });

  test(`what clients send to an instance whose episode runs elsewhere is answered at once, and reaches the next episode (${store})`, async () => {
    const { fleet, asked, soon } = await open(store);
    await using _ = fleet;
    await fleet.start(0, "far", "one");
    await fleet.advance(100);
    await soon(fleet.client(0).raiseEvent({ instanceId: "one", name: "Go", input: null }));
    await soon(fleet.client(0).suspend({ instanceId: "one", reason: null }));
    await soon(fleet.client(0).resume({ instanceId: "one", reason: null }));
    assert.equal(asked.length, 1);
    for (let at = 0; at < 3; at++) {
      asked[at]?.answer();
      await fleet.advance(100);
    }
    assert.equal((await fleet.status("one"))?.runtimeStatus, "Completed");
    assert.equal(begun, 1);
  });
}

for (const ending of ["terminate", "replace"] as const) {
  test(`a ${ending} behind more messages than one episode takes ends an instance whose episode runs elsewhere`, async () => {
    const { fleet, asked, soon } = await open("memory");
    await using _ = fleet;
    await fleet.start(0, "far", "one");
    await fleet.advance(100);
    for (let at = 0; at < 3_500; at++) void fleet.client(0).raiseEvent({ instanceId: "one", name: "Go", input: null });
    await fleet.advance(200);
    if (ending === "terminate") await soon(fleet.client(0).terminate(terminate("one")));
    else void fleet.client(0).start({ name: "short", input: null, instanceId: "one", onExisting: "replace" });
    await fleet.advance(2_000);
    assert.ok(asked.length < 5, `${asked.length} episodes were begun`);
    assert.equal((await fleet.status("one"))?.runtimeStatus, ending === "terminate" ? "Terminated" : "Completed");
  });
}

test("a terminate of the parent interrupts the child that runs elsewhere", async () => {
  const { fleet, asked, aborted, soon } = await open("memory");
  await using _ = fleet;
  await fleet.start(0, "near", "p");
  await fleet.advance(1_000);
  assert.equal(asked.length, 1);
  await soon(fleet.client(0).terminate(terminate("p", true)));
  await fleet.advance(100);
  assert.equal((await fleet.status("p-child"))?.runtimeStatus, "Terminated");
  assert.equal(aborted.length, 1);
});

test("an executor that does not honour the abort is left alone by the time-out as well", async () => {
  const limited = (executor: Executor, time: NodeTime) =>
    limitAnswers(executor, { episodeMs: 10_000, activityGraceMs: 1_000, entityBatchMs: 10_000 }, time);
  const { fleet, asked, aborted, soon } = await open("memory", limited);
  await using _ = fleet;
  await fleet.start(0, "far", "one");
  await fleet.advance(1_000);
  await soon(fleet.client(0).terminate(terminate("one")));
  await fleet.advance(60_000);
  assert.equal((await fleet.status("one"))?.runtimeStatus, "Terminated");
  assert.deepEqual([asked.length, aborted.length > 0], [1, true]);
});

test("without an end in its mailbox an episode that runs elsewhere ends at its time-out, and is delivered again", async () => {
  const limited = (executor: Executor, time: NodeTime) =>
    limitAnswers(executor, { episodeMs: 10_000, activityGraceMs: 1_000, entityBatchMs: 10_000 }, time);
  const { fleet, asked } = await open("memory", limited);
  await using _ = fleet;
  await fleet.start(0, "far", "one");
  await fleet.advance(10_500);
  assert.deepEqual(
    asked.map(({ request }) => request.attempt),
    [1, 2],
  );
});
