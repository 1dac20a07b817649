import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { AbortReason, ActivityResult, Executor } from "../../src/model/executor.ts";
import type { Place } from "../fleet/fleet.testsuite.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const REASONS: readonly AbortReason[] = ["completed", "failed", "terminated", "timeout", "shutdown", "lost"];
const LONG_MS = 20_000;

const functions = ({ sleep }: Place, takesMs: number) => [
  orchestrator("asks", (ctx) => ctx.callActivity("work")),
  activity("work", async () => {
    await sleep(takesMs);
    return 1;
  }),
];

for (const takesMs of [0, LONG_MS])
  for (const reason of REASONS)
    test(`an activity of ${takesMs} ms whose executor has aborted it unasked (${reason}) runs again`, async () => {
      let calls = 0;
      const executor = (native: Executor) =>
        wrapExecutor(native, {
          runActivity: async (request): Promise<ActivityResult> => {
            calls += 1;
            const result = await native.runActivity(request);
            return calls === 1 ? { kind: "aborted", reason } : result;
          },
        });
      const fleet = await TestFleet.open(1, { store: "memory", functions: (place) => functions(place, takesMs), executor });
      await using _ = fleet;
      await fleet.start(0, "asks", "one");
      assert.equal(await fleet.end("one"), 1);
      assert.equal(calls, 2);
    });
