import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { activity, OrchestrationFailedError, orchestrator, TaskHub } from "perdure";
import { createHttpHandler } from "perdure/http";

const greet = activity("Greet", async (city: string) => `Hello ${city}!`);
const breaks = activity("Breaks", { retry: { maxAttempts: 2, firstInterval: "10ms" } }, () => {
  throw new RangeError("out of stock");
});
const greetAll = orchestrator("GreetAll", async (ctx, cities: string[]) => {
  const began = Date.now();
  await ctx.createTimer("20ms");
  const greetings = await Promise.all(cities.map((city) => ctx.callActivity(greet, city)));
  return { greetings, waited: Date.now() - began >= 20 };
});
const approval = orchestrator("Approval", async (ctx) => {
  const by = ctx.waitForExternalEvent<string>("Approved");
  const late = ctx.createTimer("1h");
  const { key } = await ctx.any({ by, late });
  late.cancel();
  return key === "by" ? by.result : "nobody";
});
const fails = orchestrator("Fails", async (ctx) => ctx.callActivity(breaks));
const functions = [greet, breaks, greetAll, approval, fails];

test("a task hub on a file: activities, timers, events, failures, HTTP, and all of it again after a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-smoke-"));
  const url = `file:${join(folder, "hub.db")}`;
  try {
    {
      await using hub = await TaskHub.open(url, { functions });
      await hub.start();
      const run = await hub.client.startNew(greetAll, { input: ["Tokyo", "Paris"] });
      assert.deepEqual(await run.result(), { greetings: ["Hello Tokyo!", "Hello Paris!"], waited: true });
      const failed = await hub.client.startNew(fails);
      await assert.rejects(failed.result(), (error) => error instanceof OrchestrationFailedError && /out of stock/.test(error.message));
      await hub.client.startNew(approval, { instanceId: "a-1" });
      await hub.client.waitForStart("a-1");
    }
    await using hub = await TaskHub.open(url, { functions });
    await hub.start();
    const handler = createHttpHandler(hub);
    const base = "http://localhost:7071/runtime/webhooks/durabletask/instances/a-1";
    assert.equal((await handler(new Request(base))).status, 202);
    const headers = { "content-type": "application/json" };
    const raised = await handler(new Request(`${base}/raiseEvent/Approved`, { method: "POST", headers, body: '"Ada"' }));
    assert.equal(raised.status, 202);
    assert.equal(await hub.client.handle(approval, "a-1").result({ timeout: "10s" }), "Ada");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
