import { test } from "node:test";
import { orchestrator } from "perdure";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { openStand, STORES } from "../testing/stand.ts";

const COUNT = 30;
const takes = orchestrator("Takes", async (ctx) => {
  const got: number[] = [];
  while (got.length < COUNT) got.push(await ctx.waitForExternalEvent<number>("Item"));
  return got;
});

for (const store of inTurn("sender-order", STORES)) {
  test(`what one sends by turns through several processes comes in its order (${store})`, async () => {
    await using stand = await openStand({ store, functions: [takes], workers: 3, engine: { pollEveryMs: 1_000 } });
    await stand.client.startNew(takes, { instanceId: "takes" });
    const all = Array.from({ length: COUNT }, (_, n) => n);
    for (const n of all) await stand.hubs[n % stand.hubs.length]?.client.raiseEvent("takes", "Item", n);
    await stand.expectEnd("takes", "Completed", all);
  });
}
