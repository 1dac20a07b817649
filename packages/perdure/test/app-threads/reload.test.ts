import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceId } from "../../src/model/ids.ts";
import { until } from "../../src/process/testing/until.ts";
import { ReloadedApp } from "./testing/reloaded-app.ts";

// Each load is a thread. Loads in quick succession, and functions that come and go: reload.full.test.ts.
const code = ReloadedApp.forAll();

test("instances under way continue on the new code, and what has begun ends on the old one, once", async () => {
  const waiting = await code.opened.client.startNew("flow");
  const calling = await code.opened.client.startNew("calls");
  await until("the activity has begun", () => code.noted("slow began by v1") === 1, 20_000);
  await until(
    "the instance waits",
    async () => (await code.opened.client.getStatus(waiting.instanceId))?.runtimeStatus === "Running",
    20_000,
  );
  const body = await code.opened.fetch("parts");
  await code.reload("v2");
  assert.equal(await code.told(), "v2");
  await waiting.raiseEvent("go");
  assert.deepEqual(await waiting.result(), ["v1", "v2"]);
  assert.equal(await calling.result(), "v1");
  assert.equal(code.noted("slow began by v2"), 0);
  assert.equal(await body.text(), "v10,v11,v12,v13,v14,v15,v16,v17,");
});

test("what an app does at its start and stop is done in the new thread and in the old one", async () => {
  await code.reload("v3");
  assert.equal(code.noted("started by v3"), 1);
  await until("the old thread has stopped", () => code.noted("stopped by v2") === 1, 20_000);
});

test("entities keep their states", async () => {
  const add = async (by: number) => (await code.opened.client.startNew("counts", { input: by })).result();
  assert.equal(await add(2), "v3");
  await code.reload("v4");
  assert.equal(await add(3), "v4");
  const counter = await code.opened.hub.hubClient.entities.get(instanceId("@counter@one"));
  assert.equal(counter?.state, "5");
});

test("code that cannot be loaded, or whose load is given up, leaves the old one running, and says why", async () => {
  code.writeText("export const x = 1;\nconst y = ;\n");
  await assert.rejects(code.opened.threads.reload(), (error: Error) => {
    assert.match(error.message, /app\.mjs" cannot be loaded: SyntaxError: Unexpected token ';'/);
    return true;
  });
  code.writeText("process.exit(3);\n");
  await assert.rejects(code.opened.threads.reload(), /ended before it was loaded: it ended with process\.exit\(3\)/);
  code.writeText("await new Promise(() => setInterval(() => {}, 1_000));\n");
  const over = new AbortController();
  const refused = assert.rejects(code.opened.threads.reload({ signal: over.signal }), /the files have changed/);
  setTimeout(() => over.abort(new Error("the files have changed")), 100);
  await refused;
  code.write("v5");
  await assert.rejects(code.opened.threads.reload({ accepts: () => Promise.reject(new Error("not this one")) }), /not this one/);
  assert.equal(code.noted("started by v5"), 0, "nothing of it has run");
  assert.equal(await code.told(), "v4");
  assert.deepEqual(code.opened.events("thread.ended"), []);
});

test("threads that are killed lose nothing: what had begun there runs again on others, and is not taken for the cause", async () => {
  await code.reload("v4");
  const calling = await code.opened.client.startNew("calls");
  await until("the activity has begun", () => code.noted("slow began by v4") === 1, 20_000);
  const { threads, calls, replaced } = code.opened.threads.kill();
  assert.deepEqual([threads, calls], [1, 1]);
  let isTold = false;
  void replaced.then(() => {
    isTold = true;
  });
  const again = code.opened.threads.kill();
  assert.equal(again.threads, 0, "the next one is about to start");
  await again.replaced;
  assert.equal(isTold, true, "who asked first is told as well");
  assert.equal(await code.told(), "v4");
  assert.equal(await calling.result(), "v4");
  assert.equal(code.noted("slow began by v4"), 2);
  assert.deepEqual(code.opened.events("thread.ended"), []);
});
