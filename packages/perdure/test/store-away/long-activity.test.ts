import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { StoreRefusalError } from "../../src/store/errors.ts";
import type { Place } from "../fleet/fleet.testsuite.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

/** Takes longer than an activity may run without a row of its own. */
const LONG_MS = 20_000;

function functions(place: Place, aborts: string[]) {
  const long = activity("long", async (_: unknown, ctx) => {
    const gaveUp = new Promise<never>((_resolve, reject) => {
      ctx.signal.addEventListener("abort", () => {
        aborts.push(String(ctx.signal.reason));
        reject(ctx.signal.reason);
      });
    });
    await Promise.race([place.sleep(LONG_MS), gaveUp]);
    return "done";
  });
  return [orchestrator("asks", (ctx) => ctx.callActivity("long")), long];
}

for (const kind of ["busy", "unknown"] as const)
  test(`An activity whose new row waits in a batch that the store refuses (${kind}) runs to its end`, { timeout: 60_000 }, async () => {
    const aborts: string[] = [];
    const fleet = await TestFleet.open(1, { store: "memory", functions: (place) => functions(place, aborts) });
    await using _ = fleet;
    const { store } = fleet.sim;
    const commit = store.commit.bind(store);
    let refusals = 0;
    store.commit = (batch) => {
      if (batch.newTasks.length === 0 || refusals >= 8) return commit(batch);
      refusals += 1;
      return Promise.reject(new StoreRefusalError({ kind, detail: "disk full" }));
    };
    await fleet.start(0, "asks", "one");
    assert.equal(await fleet.end("one"), "done");
    assert.ok(refusals === 8, "the row was refused");
    assert.deepEqual(aborts, []);
  });
