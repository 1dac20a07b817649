import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import type { Executor } from "../../src/model/executor.ts";
import { ChangingExecutor } from "../../src/testing/changing-executor.ts";
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
  const [row] = (await fleet.sim.store.readWorkers()).workers;
  assert.ok(row !== undefined && row.fence !== null);
  await fleet.sim.store.leave({ worker: row.worker, fence: row.fence }); // as others see a machine that was paused
  for (let steps = 0; fleet.calls.get("join") === 1; steps++) {
    assert.ok(steps < 100_000, "it does not join again");
    await fleet.advance(0.25);
  }
  ready(true); // its call is under way, and says what was offered before
  await fleet.advance(5_000);
  const { workers } = await fleet.sim.store.readWorkers();
  assert.deepEqual(workers.at(-1)?.functions, { orchestrator: ["asks"], activity: ["work"] });
  await fleet.start(0, "asks", "one");
  assert.equal(await fleet.end("one", 5_000), 1);
});
