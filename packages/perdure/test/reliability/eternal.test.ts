import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContinuedAsNew } from "perdure";
import { activity, orchestrator } from "perdure";
import { openStand, STORES } from "../testing/stand.ts";

const GENERATIONS = 500;

const echo = activity("echo", (n: number) => n);
/** Lives for ever, as far as anybody can tell: each generation does a little and begins the next. */
const eternal = orchestrator("eternal", async (ctx, round: number): Promise<number | ContinuedAsNew> => {
  await ctx.callActivity(echo, round);
  if (round < GENERATIONS) return ctx.continueAsNew(round + 1);
  ctx.setCustomStatus("arrived");
  return ctx.waitForExternalEvent<number>("End");
});

// Inline or on a thread, the writer of SQLite is the same.
for (const store of STORES.filter((kind) => kind !== "sqlite inline")) {
  test(`500 generations of an eternal orchestration leave the history of one: ${store}`, { timeout: 60_000 }, async () => {
    await using stand = await openStand({ store, functions: [echo, eternal] });
    await stand.client.startNew(eternal, { instanceId: "eternal", input: 0 });
    await stand.untilCustomStatus("eternal", "arrived");
    await stand.check();
    const generations = async () => [...new Set((await stand.store.dump()).history.map(({ generation }) => generation))];
    await stand.until("all earlier generations are gone", async () => (await generations()).length === 1);
    assert.deepEqual(await generations(), [GENERATIONS]);
    assert.deepEqual((await stand.kinds("eternal")).slice(0, 2), ["OrchestratorStarted", "ExecutionStarted"]);
    await stand.check();
    await stand.client.raiseEvent("eternal", "End", 7);
    await stand.expectEnd("eternal", "Completed", 7);
  });
}
