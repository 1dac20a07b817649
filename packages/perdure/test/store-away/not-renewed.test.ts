import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { activity, orchestrator } from "perdure";
import { AwayHub } from "./away-hub.testsuite.ts";

const note = activity("note", () => 1);
const busy = orchestrator("busy", async (ctx) => {
  for (;;) {
    await ctx.callActivity(note);
    await ctx.createTimer("1s");
  }
});

describe("a lease that is not renewed: the log says why", () => {
  const said = async (steps: (hub: AwayHub) => Promise<void>): Promise<readonly string[]> => {
    await using hub = await AwayHub.open({
      functions: [note, busy],
      spared: ["renew", "readWorkers", "look"],
      settings: { leaseMs: 10_000, renewEveryMs: 3_000 },
    });
    await hub.settled(hub.client.startNew(busy));
    await hub.pass(2_500);
    await steps(hub);
    return hub.log.filter(({ event }) => event === "lease.not-renewed").map(({ message }) => message);
  };

  for (const [mood, why] of [
    ["full", /the store takes no commits: the store is away \(full\)/],
    ["lost", /the outcome of a commit is not known, and the store does not say: the store is away \(lost\)/],
    ["hangs", /the store does not answer a commit/],
  ] as const) {
    test(`the store is away (${mood})`, async () => {
      const lines = await said(async (hub) => {
        hub.mood = mood;
        await hub.pass(20_000);
      });
      assert.match(lines.at(-1) ?? "", why);
    });
  }

  test("the thread was blocked", async () => {
    const lines = await said(async (hub) => {
      hub.mood = "locked"; // something is to be committed
      await hub.pass(1_000);
      hub.sim.world.jump(30_000);
      await hub.pass(10);
    });
    assert.match(lines[0] ?? "", /the thread of this process was blocked/);
  });
});
