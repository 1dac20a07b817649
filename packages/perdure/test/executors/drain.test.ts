import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor } from "../../src/model/executor.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const work = activity("work", () => 1);
const asks = orchestrator("asks", (ctx) => ctx.callActivity(work));

test("an instance that waits for its next delivery is handed back by a worker that stops, even if it cannot leave", async () => {
  const executor = (native: Executor) =>
    wrapExecutor(native, { runEpisode: async () => ({ kind: "declined", retryAfterMs: 60_000, elsewhere: false }) });
  await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [asks, work], executor });
  const { store } = fleet.sim;
  await fleet.start(0, "asks", "one");
  await fleet.advance(100);
  assert.notEqual((await store.dump()).instances[0]?.owner, null);
  Object.assign(store, { leave: () => new Promise(() => {}) });
  const stopped = fleet.processes[0]?.worker.stop();
  await fleet.advance(60_000);
  await stopped;
  assert.equal((await store.dump()).instances[0]?.owner, null);
});
