import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { activity, orchestrator } from "perdure";
import { ChangingExecutor } from "../../src/executors/testing/changing-executor.ts";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor } from "../../src/model/executor.ts";
import type { NodeTime } from "../../src/testing/virtual-time.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const ANSWER_MS = 50;
const work = activity("work", () => 1);
const asks = orchestrator("asks", (ctx) => ctx.callActivity(work));

/** Code in a place elsewhere: each episode takes a while. */
async function open(capacity: number) {
  const seen = { running: 0, most: 0 };
  let changing: ChangingExecutor | null = null;
  const executor = (native: Executor, time: NodeTime) => {
    const late = wrapExecutor(native, {
      runEpisode: async (request) => {
        seen.running += 1;
        seen.most = Math.max(seen.most, seen.running);
        await new Promise<void>((resolve) => void time.after(ANSWER_MS, resolve));
        seen.running -= 1;
        return native.runEpisode(request);
      },
    });
    changing = new ChangingExecutor(late, { orchestrator: { capacity } });
    return changing;
  };
  const fleet = await TestFleet.open(1, { store: "memory", functions: () => [asks, work], executor });
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
