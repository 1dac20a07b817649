import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor } from "../../src/model/executor.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const work = activity("work", () => 1);
const asks = orchestrator("asks", (ctx) => ctx.callActivity(work));

for (const call of ["runEpisode", "runActivity"] as const) {
  test(`a call of the executor that throws is lost, as one that rejects, and is delivered again (${call})`, async () => {
    let calls = 0;
    const executor = (native: Executor) => {
      const orThrow = <T>(run: () => T): T => {
        calls += 1;
        if (calls === 1) throw new Error("no channel to the place");
        return run();
      };
      const own: Partial<Executor> =
        call === "runEpisode"
          ? { runEpisode: (request) => orThrow(() => native.runEpisode(request)) }
          : { runActivity: (request) => orThrow(() => native.runActivity(request)) };
      return wrapExecutor(native, own);
    };
    await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [asks, work], executor });
    await fleet.start(0, "asks", "one").catch(() => {});
    assert.equal(await fleet.end("one", 10_000), 1);
    assert.ok(calls > 1);
  });
}
