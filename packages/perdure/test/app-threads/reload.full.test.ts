import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Folder, PERDURE } from "../../src/cli/testing/spawn-cli.ts";
import { orchestrator } from "../../src/index.ts";
import { until } from "../../src/process/testing/until.ts";
import { ReloadedApp } from "./testing/reloaded-app.ts";
import { ThreadApp } from "./testing/thread-app.ts";

const source = (notes: string, version: number) => `
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { activity, entity, http, orchestrator } from ${JSON.stringify(PERDURE)};
export const step = activity("step", async ([id, at]) => {
  await pause(250);
  appendFileSync(${JSON.stringify(notes)}, id + ":" + at + "\\n");
  return ${version};
});
export const counter = entity("Counter", { initialState: () => 0, operations: { add: (ctx) => void (ctx.state += 1), get: (ctx) => ctx.state } });
export const flow = orchestrator("flow", async (ctx, id) => {
  const versions = [];
  for (let at = 0; at < 10; at++) versions.push(await ctx.callActivity(step, [id, at]));
  await ctx.entity(counter, "all").call.add();
  return versions;
});
export const count = orchestrator("count", (ctx) => ctx.entity(counter, "all").call.get());
export const told = http("told", { authLevel: "anonymous" }, async () => { await pause(30); return new Response("${version}"); });
`;

const INSTANCES = 256;

test("of 256 instances under way none is lost by eight loads of the app, no activity runs twice, and no request fails", async () => {
  using folder = new Folder();
  const notes = join(folder.path, "notes.txt");
  const write = (version: number) => folder.write("app.mjs", source(notes, version));
  await using app = await ThreadApp.open({ file: write(0) });
  const runs = await Promise.all(Array.from({ length: INSTANCES }, (_, at) => app.client.startNew("flow", { input: `i${at}` })));
  const ended = Promise.all(runs.map((run) => run.result()));
  let isOver = false;
  const asking = (async () => {
    const answers: number[] = [];
    while (!isOver) {
      const response = await app.fetch("told");
      assert.equal(response.status, 200);
      answers.push(Number(await response.text()));
    }
    return answers;
  })();
  for (let version = 1; version <= 8; version++) {
    write(version);
    await app.threads.reload();
    await pause(50);
  }
  const results = (await ended) as readonly (readonly number[])[];
  isOver = true;
  const answers = await asking;
  for (const versions of results)
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b),
      "an instance never goes back to older code",
    );
  assert.ok(new Set(results.flat()).size > 2, "several of them have run");
  assert.deepEqual(
    answers,
    answers.toSorted((a, b) => a - b),
  );
  const noted = readFileSync(notes, "utf8").trim().split("\n");
  assert.deepEqual([noted.length, new Set(noted).size], [INSTANCES * 10, INSTANCES * 10]);
  assert.equal(await (await app.client.startNew("count")).result(), INSTANCES);
});

const code = ReloadedApp.forAll();

test("of several loads in quick succession the last one counts", async () => {
  await Promise.all(["v6", "v7", "v8"].map((say) => code.reload(say)));
  assert.equal(await code.told(), "v8");
  const ended = () => code.noted("stopped by v8") === code.noted("started by v8") - 1;
  await until("only the last thread is left", ended, 20_000);
});

test("functions come and go: the hub is told, and an instance whose function has gone waits until it is there again", async () => {
  await code.reload(
    "v9",
    'export const extra = orchestrator("extra", async (ctx) => { await ctx.waitForExternalEvent("go"); return "extra"; });',
  );
  const offered = async () => (await code.opened.hub.hubClient.knownFunctions())?.orchestrator?.includes("extra");
  await until("it is offered", offered, 20_000);
  code.opened.hub.registry.add(orchestrator("extra", {}, () => Promise.resolve()));
  const extra = await code.opened.client.startNew("extra");
  await until("it waits", async () => (await code.opened.client.getStatus(extra.instanceId))?.runtimeStatus === "Running", 20_000);
  await code.reload("v10");
  await until("it is not offered", async () => !(await offered()), 20_000);
  await extra.raiseEvent("go");
  const stopped = async () => (await code.opened.client.getStatus(extra.instanceId))?.stopped;
  assert.equal((await until("it is stopped", stopped, 20_000)).code, "FUNCTION_NOT_REGISTERED");
  await code.reload(
    "v11",
    'export const extra = orchestrator("extra", async (ctx) => { await ctx.waitForExternalEvent("go"); return "again"; });',
  );
  assert.equal(await extra.result(), "again");
});
