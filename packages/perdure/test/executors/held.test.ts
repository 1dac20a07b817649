import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { HeldCall } from "../../src/model/held-call.ts";
import { eventId, instanceId } from "../../src/model/ids.ts";
import { MOST_HELD } from "../../src/store/rows.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent("Go"));
const held = (at: number): HeldCall => ({ instanceId: instanceId(`i${at}`), eventId: eventId(at), isHolder: at === 0, at: null });

test("a worker says with its renewals what is held in its executor: what has the shape of the port, and no more than its row may have", async () => {
  let now: readonly HeldCall[] = [];
  const executor = (native: Parameters<typeof wrapExecutor>[0]) => ({
    ...wrapExecutor(native, {}),
    get held() {
      return now;
    },
  });
  await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [waits], executor });
  await fleet.start(0, "waits", "one");
  const said = async () => {
    await fleet.advance(5_000);
    return (await fleet.sim.store.readWorkers()).workers[0]?.load?.held;
  };
  assert.equal(await said(), undefined);
  now = [held(0), { ...held(1), at: 7 } as unknown as HeldCall];
  assert.deepEqual(await said(), [held(0)]);
  now = Array.from({ length: MOST_HELD + 1 }, (_, at) => held(at));
  assert.equal((await said())?.length, MOST_HELD);
  now = [];
  assert.equal(await said(), undefined);
});
