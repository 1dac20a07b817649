import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { TaskHub } from "../../src/task-hub/task-hub.ts";

const waits = orchestrator("Waits", async (ctx, input?: unknown) => {
  const event = await ctx.waitForExternalEvent("Go");
  return { input, event };
});
const loops = orchestrator("Loops", async (ctx, round: number) => {
  await ctx.createTimer("1ms");
  return round < 3 ? ctx.continueAsNew(round + 1) : round;
});

let hub: TaskHub;
before(async () => {
  hub = await TaskHub.open("memory:", { functions: [waits, loops], defaultVersion: "2", log: false });
  await hub.start();
});
after(() => hub.close());

test("restart: under a new id, with name, input and tags of the first, and today's version", async () => {
  const { client } = hub;
  const first = await client.startNew(waits, { instanceId: "first", input: { a: 1 }, tags: { team: "red" }, version: "1" });
  const again = await client.restart("first");
  assert.notEqual(again.instanceId, "first");
  const status = await again.status();
  assert.deepEqual([status.name, status.input, status.tags, status.version], ["Waits", { a: 1 }, { team: "red" }, "2"]);
  await again.raiseEvent("Go", "again");
  assert.deepEqual(await again.result({ timeout: "5s" }), { input: { a: 1 }, event: "again" });
  await first.raiseEvent("Go", "first");
  assert.deepEqual(await first.result({ timeout: "5s" }), { input: { a: 1 }, event: "first" });
});

test("restart: under its own id only once it has ended, and then nothing of the first run is left", async () => {
  const { client } = hub;
  const run = await client.startNew(waits, { instanceId: "own", input: 1 });
  await assert.rejects(client.restart("own", { instanceId: "same" }), { code: "INSTANCE_EXISTS" });
  await run.terminate();
  await client.waitForCompletion("own");
  const again = await client.restart("own", { instanceId: "same", input: 2, version: "3" });
  assert.equal(again.instanceId, "own");
  assert.equal((await again.status()).version, "3");
  await again.raiseEvent("Go");
  assert.deepEqual(await again.result({ timeout: "5s" }), { input: 2 });
});

test("restart: after continue-as-new it begins with the input of the last execution", async () => {
  const { client } = hub;
  await (await client.startNew(loops, { instanceId: "loop", input: 0 })).result({ timeout: "5s" });
  assert.equal((await (await client.restart("loop", { instanceId: "loop-again" })).status()).input, 3);
});

test("restart: what it does not take is an error that says so", async () => {
  const { client } = hub;
  await assert.rejects(client.restart("nobody"), { code: "INSTANCE_NOT_FOUND" });
  await assert.rejects(client.restart("@counter@a"), { code: "INSTANCE_NOT_FOUND" });
  await client.startNew(waits, { instanceId: "there" });
  await assert.rejects(client.restart("there", JSON.parse('{"instanceID":"x"}')), { code: "OPTION_UNKNOWN" });
  await assert.rejects(client.restart("there", { instanceId: "a/b" }), { code: "INSTANCE_ID_INVALID" });
  await assert.rejects(client.restart("there", { version: "" }), { code: "VERSION_INVALID" });
  await assert.rejects(client.restart("there", { input: 1n }), { code: "PAYLOAD_NOT_JSON" });
});
