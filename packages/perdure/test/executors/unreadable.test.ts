import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor } from "../../src/model/executor.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const work = activity("work", () => 1);
const twice = orchestrator("twice", async (ctx) => (await ctx.callActivity(work)) + (await ctx.callActivity(work)));

test("a history that cannot be read when the executor needs it stops its instance, and nothing else", async () => {
  const executor = (native: Executor) =>
    wrapExecutor(native, {
      runEpisode: async (request) => (request.history === null ? { kind: "historyNeeded" } : native.runEpisode(request)),
    });
  await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [twice, work], executor });
  const { store } = fleet.sim;
  const { loadHistory } = store;
  const unreadable = new Set<number>();
  Object.assign(store, {
    loadHistory: async (...[no, generation]: Parameters<typeof loadHistory>) => {
      const chunks = await loadHistory(no, generation);
      return unreadable.has(no) ? chunks.map((chunk) => ({ ...chunk, events: chunk.events.slice(1) })) : chunks;
    },
  });
  await fleet.start(0, "twice", "healthy");
  assert.equal(await fleet.end("healthy", 10_000), 2);
  for (let no = 1; no < 1_000; no++) unreadable.add(no);
  await fleet.start(0, "twice", "damaged");
  await fleet.advance(1_000);
  assert.equal((await fleet.status("damaged"))?.stopped?.code, "STORED_DATA_UNREADABLE");
  unreadable.clear();
  await fleet.start(0, "twice", "another");
  assert.equal(await fleet.end("another", 10_000), 2);
});
