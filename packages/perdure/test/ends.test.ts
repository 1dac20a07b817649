import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrchestratorContext } from "perdure";
import { OrchestrationFailedError, OrchestrationTerminatedError, orchestrator } from "perdure";
import { inTurn } from "../src/process/testing/in-turn.ts";
import { openStand, STORES } from "./testing/stand.ts";

let isCorrected = false;
type Returned = "nothing" | "a result" | "the earlier one";
const WRONG: readonly Returned[] = ["nothing", "a result", "the earlier one"];
let earlier: unknown = null;

const countdown = orchestrator("Countdown", async (ctx, { left, returns }: { left: number; returns: Returned }): Promise<unknown> => {
  await ctx.createTimer("0ms");
  if (left === 0) return "done";
  const next = ctx.continueAsNew({ left: left - 1, returns });
  if (isCorrected || left === 2) {
    earlier = next;
    return next;
  }
  return { nothing: undefined, "a result": "done", "the earlier one": earlier }[returns];
});

const waits = orchestrator("Waits", async (ctx) => await ctx.waitForExternalEvent("Never"));
const fails = orchestrator("Fails", (_: OrchestratorContext<void>): void => {
  throw new TypeError("no such order");
});

for (const store of inTurn("ends", STORES)) {
  test(`an execution that ends with anything but what continueAsNew gave is stopped, and continues with corrected code: ${store}`, async () => {
    isCorrected = false;
    await using stand = await openStand({ store, functions: [countdown] });
    for (const returns of WRONG) {
      const run = await stand.client.startNew(countdown, { instanceId: returns, input: { left: 2, returns } });
      await assert.rejects(run.result({ timeout: "30s" }), (error) => {
        const text = String(error);
        return /CONTINUE_NOT_RETURNED/.test(text) && /Write: return ctx\.continueAsNew\(…\)/.test(text) && text.includes('"Countdown"');
      });
    }
    isCorrected = true;
    for (const returns of WRONG) {
      await stand.client.resume(returns);
      await stand.expectEnd(returns, "Completed", "done");
    }
    await stand.check();
  });

  test(`result() tells a terminated instance from a failed one: ${store}`, async () => {
    await using stand = await openStand({ store, functions: [waits, fails] });
    const run = await stand.client.startNew(waits, { instanceId: "stopped by hand" });
    const pending = assert.rejects(run.result({ timeout: "30s" }), (error) => {
      assert.ok(error instanceof OrchestrationTerminatedError && !(error instanceof OrchestrationFailedError), String(error));
      assert.deepEqual([error.orchestrator, error.instanceId, error.reason], ["Waits", "stopped by hand", "not needed"]);
      assert.equal(error.message, 'Orchestration "Waits" (stopped by hand) was terminated: not needed');
      return true;
    });
    await run.terminate({ reason: "not needed" });
    await pending;
    const silent = await stand.client.startNew(waits);
    await silent.terminate();
    await assert.rejects(silent.result({ timeout: "30s" }), (error) => {
      assert.ok(error instanceof OrchestrationTerminatedError, String(error));
      assert.deepEqual([error.reason, error.message], [null, `Orchestration "Waits" (${silent.instanceId}) was terminated`]);
      return true;
    });
    const failed = await stand.client.startNew(fails);
    await assert.rejects(failed.result({ timeout: "30s" }), (error) => {
      assert.ok(error instanceof OrchestrationFailedError && !(error instanceof OrchestrationTerminatedError), String(error));
      return error.failure.errorType === "TypeError";
    });
  });
}
