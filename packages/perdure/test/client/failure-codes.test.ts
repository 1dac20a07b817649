import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrchestratorContext } from "perdure";
import { activity, orchestrator } from "perdure";
import { createTestHub } from "perdure/testing";

const refused = activity("Refused", () => {
  throw new Error("no");
});
const slow = activity(
  "Slow",
  { timeout: "1ms" },
  (_, ctx) => new Promise((_resolve, reject) => ctx.signal.addEventListener("abort", reject)),
);
const child = orchestrator("Child", (ctx) => ctx.callActivity(refused));

/** What is awaited in vain, and the code of the error that the await throws. */
const AWAITED: { readonly [code: string]: (ctx: OrchestratorContext<void>) => PromiseLike<unknown> } = {
  ACTIVITY_FAILED: (ctx) => ctx.callActivity(refused),
  SUB_ORCHESTRATION_FAILED: (ctx) => ctx.callSubOrchestrator(child),
  TIMED_OUT: (ctx) => ctx.waitForExternalEvent("never", { timeout: "1m" }),
};
const caught = orchestrator("Caught", async (ctx) => {
  const codes: unknown[] = [];
  for (const wait of Object.values(AWAITED)) {
    try {
      await wait(ctx);
    } catch (error) {
      codes.push((error as { readonly code?: unknown }).code);
    }
  }
  return codes;
});
const late = orchestrator("Late", async (ctx) => await ctx.callActivity(slow).then(null, (error) => [error.code, error.failure.errorType]));
const waits = orchestrator("Waits", (ctx) => ctx.waitForExternalEvent("never"));

test("the error of a failed, timed out or terminated call has a code", async () => {
  await using hub = await createTestHub({ functions: [refused, slow, child, caught, late, waits] });
  assert.deepEqual(await hub.result(await hub.client.startNew(caught)), Object.keys(AWAITED));
  assert.deepEqual(await hub.result(await hub.client.startNew(late)), ["ACTIVITY_FAILED", "TimeoutError"]);
  const failed = await hub.client.startNew(child);
  await assert.rejects(hub.result(failed), { name: "OrchestrationFailedError", code: "ORCHESTRATION_FAILED" });
  const ended = await hub.client.startNew(waits);
  await ended.terminate({ reason: "enough" });
  await assert.rejects(hub.result(ended), { name: "OrchestrationTerminatedError", code: "ORCHESTRATION_TERMINATED", reason: "enough" });
});
