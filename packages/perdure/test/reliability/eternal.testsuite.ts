import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContinuedAsNew } from "perdure";
import { activity, orchestrator } from "perdure";
import type { StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

interface Round {
  readonly round: number;
  readonly last: number;
}

const echo = activity("echo", (n: number) => n);
/** Lives for ever, as far as can be told: each generation does a little and begins the next. */
const eternal = orchestrator("eternal", async (ctx, { round, last }: Round): Promise<number | ContinuedAsNew> => {
  await ctx.callActivity(echo, round);
  if (round < last) return ctx.continueAsNew({ round: round + 1, last });
  ctx.setCustomStatus("arrived");
  return ctx.waitForExternalEvent<number>("End");
});

export function eternalCase(store: StoreKind, generations: number): void {
  test(`${generations} generations of an eternal orchestration leave the history of one: ${store}`, { timeout: 60_000 }, async () => {
    await using stand = await openStand({ store, functions: [echo, eternal] });
    await stand.client.startNew(eternal, { instanceId: "eternal", input: { round: 0, last: generations } });
    await stand.untilCustomStatus("eternal", "arrived");
    await stand.check();
    const kept = async () => [...new Set((await stand.store.dump()).history.map(({ generation }) => generation))];
    await stand.until("all earlier generations are gone", async () => (await kept()).length === 1);
    assert.deepEqual(await kept(), [generations]);
    assert.deepEqual((await stand.kinds("eternal")).slice(0, 2), ["OrchestratorStarted", "ExecutionStarted"]);
    await stand.check();
    await stand.client.raiseEvent("eternal", "End", 7);
    await stand.expectEnd("eternal", "Completed", 7);
  });
}
