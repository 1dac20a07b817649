import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import type { StartBody } from "./test-host.ts";
import { bodyOf, postJson, startTestHost, untilEnded } from "./test-host.ts";

const MANAGEMENT = "/runtime/webhooks/durabletask";
const FIVE_MB = 5 * 1_024 * 1_024;
/** Half of it compresses, half does not. */
const text = (letter: string) => randomBytes(FIVE_MB / 4).toString("hex") + letter.repeat(FIVE_MB / 2);

const turned = activity("Turned", (given: string) => given.split("").reverse().join(""));
const carry = orchestrator("Carry", async (ctx, input: string) => {
  const result = await ctx.callActivity(turned, input);
  const event = await ctx.waitForExternalEvent<string>("Load");
  return { result, event };
});

test("5 MB travel through input, activity result, event and output", async () => {
  await using host = await startTestHost({ turned, carry });
  const input = text("a");
  const event = text("b");
  const response = await postJson(`${host.url}${MANAGEMENT}/orchestrators/Carry`, input);
  assert.equal(response.status, 202);
  const start = await bodyOf<StartBody>(response);
  assert.equal((await postJson(start.sendEventPostUri.replace("{eventName}", "Load"), event)).status, 202);
  const status = await untilEnded(start.statusQueryGetUri);
  assert.equal(status.runtimeStatus, "Completed");
  assert.equal(status.input, input);
  assert.deepEqual(status.output, { result: input.split("").reverse().join(""), event });
});

test("more than the limit is refused before anything is written", async () => {
  await using host = await startTestHost({ turned, carry });
  const response = await postJson(`${host.url}${MANAGEMENT}/orchestrators/Carry/too-big`, "x".repeat(33 * 1_024 * 1_024));
  assert.equal(response.status, 413);
  assert.equal((await fetch(`${host.url}${MANAGEMENT}/instances/too-big`)).status, 404);
});
