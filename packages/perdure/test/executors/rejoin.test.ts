import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import type { Executor } from "../../src/model/executor.ts";
import { ChangingExecutor } from "../../src/testing/changing-executor.ts";
import type { Place } from "../fleet/fleet.testsuite.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const work = activity("work", () => 1);
const asks = orchestrator("asks", (ctx) => ctx.callActivity(work));

test("an executor that is ready again while its worker joins again is told to the store, and works", async () => {
  const executors: ChangingExecutor[] = [];
  const executor = (native: Executor) => {
    const changing = new ChangingExecutor(native);
    executors.push(changing);
    return changing;
  };
  await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [asks, work], executor });
  const ready = (is: boolean) => executors[0]?.change({ orchestrator: { ready: is }, activity: { ready: is } });
  ready(false);
  await fleet.advance(3_000);
  await declareGone(fleet);
  for (let steps = 0; fleet.calls.get("join") === 1; steps++) {
    assert.ok(steps < 100_000, "it does not join again");
    await fleet.advance(0.25);
  }
  ready(true); // its call is under way, and says what was offered before
  await fleet.advance(5_000);
  const { workers } = await fleet.sim.store.readWorkers();
  assert.deepEqual(workers.at(-1)?.functions, { orchestrator: ["asks"], activity: ["work"], entity: [] });
  await fleet.start(0, "asks", "one");
  assert.equal(await fleet.end("one", 5_000), 1);
});

test("activities that run on in the executor keep their places when their worker joins again, until they have ended", async () => {
  const run = { now: 0, most: 0 };
  const deaf = (place: Place) =>
    activity("deaf", async (ms: number) => {
      run.now += 1;
      run.most = Math.max(run.most, run.now);
      await place.sleep(ms); // whatever its signal says
      run.now -= 1;
      return ms;
    });
  const calls = orchestrator("calls", (ctx, ms: number) => Promise.all([ctx.callActivity("deaf", ms), ctx.callActivity("deaf", ms)]));
  const executor = (native: Executor) => new ChangingExecutor(native, { activity: { capacity: 2 } });
  await using fleet = await TestFleet.open(1, { store: "memory", functions: (place) => [calls, deaf(place)], executor });
  await fleet.start(0, "calls", "one", 20_000);
  await fleet.advance(1_000);
  assert.equal(run.now, 2);
  await declareGone(fleet);
  await fleet.advance(5_000);
  assert.equal(fleet.calls.get("join"), 2);
  await fleet.start(0, "calls", "two", 100);
  await fleet.advance(5_000);
  assert.deepEqual([run.now, (await fleet.status("two"))?.runtimeStatus], [2, "Running"]);
  const [{ load } = { load: null }] = (await fleet.sim.store.readWorkers()).workers.slice(-1);
  assert.equal(load?.maxActivities, 0, "others are told that it has no place");
  assert.deepEqual(await fleet.end("two", 60_000), [100, 100]);
  assert.deepEqual(await fleet.end("one", 60_000), [20_000, 20_000]);
  assert.equal(run.most, 2);
});

/** As others see a machine that was paused. */
async function declareGone(fleet: TestFleet): Promise<void> {
  const [row] = (await fleet.sim.store.readWorkers()).workers;
  assert.ok(row !== undefined && row.fence !== null);
  await fleet.sim.store.leave({ worker: row.worker, fence: row.fence });
}
