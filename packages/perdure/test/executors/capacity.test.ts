import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor } from "../../src/model/executor.ts";
import { ChangingExecutor } from "../../src/testing/changing-executor.ts";
import type { NodeTime } from "../../src/testing/virtual-time.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const ANSWER_MS = 50;
const work = activity("work", () => 1);
const asks = orchestrator("asks", (ctx) => ctx.callActivity(work));
const suspect = activity("suspect", () => 1);
const asksSuspect = orchestrator("asksSuspect", (ctx) => ctx.callActivity(suspect));

interface Fate {
  /** So many times its place is gone at first. */
  readonly losses: number;
  /** What an episode takes then. */
  readonly ms: number;
}

/** Code in a place elsewhere: each episode takes a while. */
async function open(capacity: number, fates: { readonly [id: string]: Fate } = {}) {
  const seen = { running: 0, most: 0 };
  const lost = new Map<number, number>();
  let changing: ChangingExecutor | null = null;
  const executor = (native: Executor, time: NodeTime) => {
    const late = wrapExecutor(native, {
      runEpisode: async (request) => {
        seen.running += 1;
        seen.most = Math.max(seen.most, seen.running);
        const { losses, ms } = fates[request.instanceId] ?? { losses: 0, ms: ANSWER_MS };
        const before = lost.get(request.no) ?? 0;
        lost.set(request.no, before + 1);
        await new Promise<void>((resolve) => void time.after(before < losses ? ANSWER_MS : ms, resolve));
        seen.running -= 1;
        if (before < losses) return { kind: "lost", atFault: true };
        return native.runEpisode(request);
      },
      runActivity: async (request) => {
        if (request.name !== "suspect") return native.runActivity(request);
        if (!request.alone) return { kind: "lost", atFault: true };
        await new Promise<void>((resolve) => void time.after(60_000, resolve));
        return native.runActivity(request);
      },
    });
    changing = new ChangingExecutor(late, { orchestrator: { capacity } });
    return changing;
  };
  const fleet = await TestFleet.open(1, { store: "memory", functions: () => [asks, work, asksSuspect, suspect], executor });
  return { fleet, seen, change: (to: number | null) => changing?.change({ orchestrator: { capacity: to } }) };
}

const ids = (count: number) => Array.from({ length: count }, (_, n) => `i${n}`);

describe("an executor with places for few episodes, whose answers come late", () => {
  for (const capacity of [1, 4]) {
    test(`${capacity} at once: all places are used, none twice, and the loop stands still while it waits`, async () => {
      const { fleet, seen } = await open(capacity);
      await using _ = fleet;
      const { world } = fleet.sim;
      const turns = world.turns;
      await fleet.start(0, "asks", ids(20));
      for (const id of ids(20)) assert.equal(await fleet.end(id, 10_000), 1);
      assert.equal(seen.most, capacity);
      assert.ok(world.turns - turns < 20_000, `${world.turns - turns} turns`);
    });
  }

  test("a crash suspect that is let in when all places are taken stands in line again", async () => {
    const { fleet, seen } = await open(1, { suspect: { losses: 1, ms: ANSWER_MS }, bystander: { losses: 0, ms: 30_000 } });
    await using _ = fleet;
    await fleet.start(0, "asksSuspect", "holder"); // its activity holds up other suspects for a while
    await fleet.advance(1_000);
    await fleet.start(0, "asks", "suspect");
    await fleet.advance(1_000);
    await fleet.start(0, "asks", "bystander");
    for (const id of ["suspect", "bystander", "holder"]) assert.equal(await fleet.end(id, 300_000), 1);
    assert.equal(seen.most, 1);
  });

  test("what waits in line begins when there are more places", async () => {
    const { fleet, seen, change } = await open(0);
    await using _ = fleet;
    await fleet.start(0, "asks", ids(4));
    await fleet.advance(1_000);
    assert.equal(seen.most, 0);
    change(null);
    for (const id of ids(4)) assert.equal(await fleet.end(id, 1_000), 1);
  });
});
