import { test } from "node:test";
import type { ContinuedAsNew } from "perdure";
import { orchestrator } from "perdure";
import { instanceId } from "../../src/model/ids.ts";
import type { Mode, StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

const takes = orchestrator("Takes", async (ctx, got: number[]): Promise<number[] | ContinuedAsNew> => {
  ctx.setCustomStatus(got.length);
  const all = [...got, await ctx.waitForExternalEvent<number>("Item")];
  return all.length < 4 ? ctx.continueAsNew(all) : all;
});

export function repeatedMessageCase(store: StoreKind, mode: Mode): void {
  test(`a repeated message counts once, although its target has continued as new and left memory since (${store}, ${mode})`, async () => {
    await using stand = await openStand({ store, mode, functions: [takes], engine: { idleReleaseMs: 20 } });
    const send = (n: number) => stand.client.raiseEvent("takes", "Item", n, { messageId: `order-${n}` });
    await stand.client.startNew(takes, { instanceId: "takes", input: [] });
    await send(1);
    await stand.untilCustomStatus("takes", 1);
    await stand.until("it has left memory", async () => (await stand.store.getInstance(instanceId("takes")))?.owner === null);
    await send(1);
    await send(2);
    await stand.untilCustomStatus("takes", 2);
    await send(1);
    await send(2);
    await stand.client.raiseEvent("takes", "Item", 1);
    await send(3);
    await stand.expectEnd("takes", "Completed", [1, 2, 1, 3]);
  });
}
