import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Folder, PERDURE } from "../../src/cli/testing/spawn-cli.ts";
import { orchestrator } from "../../src/index.ts";
import { instanceId } from "../../src/model/ids.ts";
import { until } from "../../src/process/testing/until.ts";
import { ThreadApp } from "./testing/thread-app.ts";

/** `say`: which of them ran · `more`: what only this one has. What runs is noted in a file, once for each run. */
const source = (notes: string, say: string, more = "") => `
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { activity, entity, http, onStart, onStop, orchestrator } from ${JSON.stringify(PERDURE)};
const note = (text) => appendFileSync(${JSON.stringify(notes)}, text + " by ${say}\\n");
export const says = activity("says", () => "${say}");
export const slow = activity("slow", async () => {
  note("slow began");
  await pause(600);
  return "${say}";
});
export const flow = orchestrator("flow", async (ctx) => {
  const before = await ctx.callActivity(says);
  await ctx.waitForExternalEvent("go");
  return [before, await ctx.callActivity(says)];
});
export const calls = orchestrator("calls", (ctx) => ctx.callActivity(slow));
export const counter = entity("Counter", { initialState: () => 0, operations: { add: (ctx, by) => { ctx.state += by; return "${say}"; } } });
export const counts = orchestrator("counts", (ctx, by) => ctx.entity(counter, "one").call.add(by));
export const told = http("told", { authLevel: "anonymous" }, () => new Response("${say}"));
export const parts = http("parts", { authLevel: "anonymous" }, () => {
  let at = 0;
  return new Response(new ReadableStream({
    async pull(controller) {
      await pause(100);
      controller.enqueue(new TextEncoder().encode("${say}" + at + ","));
      if (++at === 8) controller.close();
    },
  }));
});
export const started = onStart(() => note("started"));
export const stopped = onStop(() => note("stopped"));
${more}
`;

let folder: Folder;
let app: ThreadApp;
let notes: string;
const write = (say: string, more?: string) => folder.write("app.mjs", source(notes, say, more));
const reload = async (say: string, more?: string) => {
  write(say, more);
  await app.threads.reload();
};
const noted = (line: string) =>
  readFileSync(notes, "utf8")
    .split("\n")
    .filter((one) => one === line).length;
const told = async () => (await app.fetch("told")).text();

before(async () => {
  folder = new Folder();
  notes = join(folder.path, "notes.txt");
  app = await ThreadApp.open({ file: write("v1") });
});
after(async () => {
  await app[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

test("instances under way continue on the new code, and what has begun ends on the old one, once", async () => {
  const waiting = await app.client.startNew("flow");
  const calling = await app.client.startNew("calls");
  await until("the activity has begun", () => noted("slow began by v1") === 1, 20_000);
  await until("the instance waits", async () => (await app.client.getStatus(waiting.instanceId))?.runtimeStatus === "Running", 20_000);
  const body = await app.fetch("parts");
  await reload("v2");
  assert.equal(await told(), "v2");
  await waiting.raiseEvent("go");
  assert.deepEqual(await waiting.result(), ["v1", "v2"]);
  assert.equal(await calling.result(), "v1");
  assert.equal(noted("slow began by v2"), 0);
  assert.equal(await body.text(), "v10,v11,v12,v13,v14,v15,v16,v17,");
});

test("what an app does at its start and stop is done in the new thread and in the old one", async () => {
  await reload("v3");
  assert.equal(noted("started by v3"), 1);
  await until("the old thread has stopped", () => noted("stopped by v2") === 1, 20_000);
});

test("entities keep their states", async () => {
  const add = async (by: number) => (await app.client.startNew("counts", { input: by })).result();
  assert.equal(await add(2), "v3");
  await reload("v4");
  assert.equal(await add(3), "v4");
  const counter = await app.hub.hubClient.entities.get(instanceId("@counter@one"));
  assert.equal(counter?.state, "5");
});

test("code that cannot be loaded leaves the old one running, and says why", async () => {
  folder.write("app.mjs", "export const x = 1;\nconst y = ;\n");
  await assert.rejects(app.threads.reload(), (error: Error) => {
    assert.match(error.message, /app\.mjs" cannot be loaded: SyntaxError: Unexpected token ';'/);
    return true;
  });
  folder.write("app.mjs", "process.exit(3);\n");
  await assert.rejects(app.threads.reload(), /ended before it was loaded: it ended with process\.exit\(3\)/);
  write("v5");
  await assert.rejects(app.threads.reload({ accepts: () => Promise.reject(new Error("not this one")) }), /not this one/);
  assert.equal(noted("started by v5"), 0, "nothing of it has run");
  assert.equal(await told(), "v4");
  assert.deepEqual(app.events("thread.ended"), []);
});

test("of several loads in quick succession the last one counts", async () => {
  await Promise.all(["v6", "v7", "v8"].map((say) => reload(say)));
  assert.equal(await told(), "v8");
  const ended = () => noted("stopped by v8") === noted("started by v8") - 1;
  await until("only the last thread is left", ended, 20_000);
});

test("functions come and go: the hub is told, and an instance whose function has gone waits until it is there again", async () => {
  await reload(
    "v9",
    'export const extra = orchestrator("extra", async (ctx) => { await ctx.waitForExternalEvent("go"); return "extra"; });',
  );
  const offered = async () => (await app.hub.hubClient.knownFunctions())?.orchestrator?.includes("extra");
  await until("it is offered", offered, 20_000);
  app.hub.registry.add(orchestrator("extra", {}, () => Promise.resolve()));
  const extra = await app.client.startNew("extra");
  await until("it waits", async () => (await app.client.getStatus(extra.instanceId))?.runtimeStatus === "Running", 20_000);
  await reload("v10");
  await until("it is not offered", async () => !(await offered()), 20_000);
  await extra.raiseEvent("go");
  const stopped = async () => (await app.client.getStatus(extra.instanceId))?.stopped;
  assert.equal((await until("it is stopped", stopped, 20_000)).code, "FUNCTION_NOT_REGISTERED");
  await reload(
    "v11",
    'export const extra = orchestrator("extra", async (ctx) => { await ctx.waitForExternalEvent("go"); return "again"; });',
  );
  assert.equal(await extra.result(), "again");
});

test("threads that are killed lose nothing: what had begun there runs again on others, and is not taken for the cause", async () => {
  const calling = await app.client.startNew("calls");
  await until("the activity has begun", () => noted("slow began by v11") === 1, 20_000);
  const { threads, calls, replaced } = app.threads.kill();
  assert.deepEqual([threads, calls], [1, 1]);
  let isTold = false;
  void replaced.then(() => {
    isTold = true;
  });
  const again = app.threads.kill();
  assert.equal(again.threads, 0, "the next one is about to start");
  await again.replaced;
  assert.equal(isTold, true, "who asked first is told as well");
  assert.equal(await told(), "v11");
  assert.equal(await calling.result(), "v11");
  assert.equal(noted("slow began by v11"), 2);
  assert.deepEqual(app.events("thread.ended"), []);
});
