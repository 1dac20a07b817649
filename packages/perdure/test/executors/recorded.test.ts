import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { EpisodeRequest, Executor } from "../../src/model/executor.ts";
import type { HistoryEvent } from "../../src/model/history.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const square = activity("square", (n: number) => n * n);
const sum = orchestrator("sum", async (ctx) => (await ctx.callActivity(square, 2)) + (await ctx.callActivity(square, 3)));

test("an executor that wants it is told what was recorded since its last answer: with its own requests that is the whole history", async () => {
  const past: HistoryEvent[] = [];
  const executor = (native: Executor) =>
    wrapExecutor(native, {
      wantsRecorded: true,
      runEpisode: (request: EpisodeRequest) => {
        past.push(...(request.recorded ?? []), ...request.fresh);
        return native.runEpisode(request);
      },
    });
  await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [sum, square], executor });
  await fleet.start(0, "sum", "one");
  assert.equal(await fleet.end("one"), 13);
  const history = (await fleet.sim.store.dump()).history.flatMap(({ events }) => JSON.parse(events));
  const isLast = history.findLastIndex(({ kind }) => kind === "OrchestratorStarted");
  assert.deepEqual(past, history.slice(0, isLast + 1));
});
