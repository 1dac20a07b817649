import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CliProcess, Folder, isRunning, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { activity, orchestrator } from ${JSON.stringify(PERDURE)};
export const spin = activity("Spin", () => { console.log("spinning"); for (;;); });
export const stuck = orchestrator("Stuck", (ctx) => ctx.callActivity(spin));
export const lie = activity("Lie", () => { console.log("lying down"); return new Promise((resolve) => setTimeout(resolve, 60_000)); });
export const long = orchestrator("Long", (ctx) => ctx.callActivity(lie));
export const loop = orchestrator("Loop", () => { for (;;); });
export const quick = orchestrator("Quick", async (ctx, input) => input);
`;

test("a worker process that is blocked for good does not outlive its parent for long", { timeout: 60_000 }, async () => {
  using folder = new Folder();
  folder.write("app/index.ts", APP);
  await using cli = new CliProcess(["start", "app", "--workers", "1", "--port", "0"], folder.path);
  const [, url = ""] = await cli.printed(/"msg":"Management API: ([^"]+)"/);
  assert.equal((await fetch(`${url}/orchestrators/Stuck`, { method: "POST" })).status, 202);
  await cli.printed(/spinning/);
  const pid = cli.workers()[0]?.pid ?? assert.fail("no worker became ready");
  cli.signal("SIGKILL");
  await cli.exited;
  const killedAt = performance.now();
  while (isRunning(pid)) {
    assert.ok(performance.now() - killedAt < 20_000, "the orphan is still there");
    await sleep(100);
  }
});

/** Each end takes two leases, and the other process has what it left after one. */
const STOPPED_WITHIN_MS = 200_000;

test("without app threads an orchestrator with an endless loop catches one worker process after the other, and is stopped at the sixth; others continue", {
  timeout: STOPPED_WITHIN_MS + 60_000,
}, async (t) => {
  using folder = new Folder();
  folder.write("app/index.ts", APP);
  await using cli = new CliProcess(["start", "app", "--workers", "2", "--app-threads", "0", "--port", "0"], folder.path);
  const [, url = ""] = await cli.printed(/"msg":"Management API: ([^"]+)"/);
  await cli.printed(/started in \d+ ms/);
  const began = performance.now();
  assert.equal((await fetch(`${url}/orchestrators/Loop/poison`, { method: "POST" })).status, 202);
  assert.equal((await fetch(`${url}/orchestrators/Quick/meanwhile`, { method: "POST", body: "1" })).status, 202);
  const stopped = async () => (await fetch(`${url}/instances/poison`)).headers.get("x-perdure-stopped");
  while ((await stopped()) === null) {
    assert.ok(performance.now() - began < STOPPED_WITHIN_MS, `not stopped:\n${cli.output}`);
    await sleep(500);
  }
  t.diagnostic(`stopped after ${Math.round((performance.now() - began) / 1_000)} s`);
  assert.match((await stopped()) ?? "", /INSTANCE_POISON/);
  assert.ok((cli.output.match(/has blocked the event loop for 20 s/g) ?? []).length >= 3, cli.output);
  const ended = await fetch(`${url}/instances/meanwhile`);
  assert.equal(((await ended.json()) as { readonly runtimeStatus: string }).runtimeStatus, "Completed");
  const after = await fetch(`${url}/orchestrators/Quick/after?timeout=60&pollingInterval=1`, { method: "POST", body: "2" });
  assert.deepEqual([after.status, await after.json()], [200, 2]);
});

test("a second SIGTERM ends a host and its worker process, whatever that runs", { timeout: 60_000 }, async () => {
  using folder = new Folder();
  folder.write("app/index.ts", APP);
  await using cli = new CliProcess(["start", "app", "--workers", "1", "--port", "0"], folder.path);
  const [, url = ""] = await cli.printed(/"msg":"Management API: ([^"]+)"/);
  assert.equal((await fetch(`${url}/orchestrators/Long`, { method: "POST" })).status, 202);
  await cli.printed(/lying down/);
  cli.signal("SIGTERM");
  await cli.printed(/worker-process.draining/);
  cli.signal("SIGTERM");
  assert.equal(await cli.exited, 143);
  for (const from = performance.now(); cli.workers().some(({ pid }) => isRunning(pid)); await sleep(20)) {
    assert.ok(performance.now() - from < 10_000, "its process is still there");
  }
});
