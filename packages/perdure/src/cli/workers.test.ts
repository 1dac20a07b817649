import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CliProcess, Folder, isRunning, PERDURE } from "./testing/spawn-cli.ts";

/** Each run of the activity is a line of `runs`: the instance, and the process that it runs in. */
const APP = `
import { appendFileSync } from "node:fs";
import { activity, http, orchestrator } from ${JSON.stringify(PERDURE)};
export const work = activity("Work", async (ms, { instanceId }) => {
  appendFileSync(new URL("./runs", import.meta.url), instanceId + " " + process.pid + "\\n");
  console.log("working");
  await new Promise((resolve) => setTimeout(resolve, ms));
  return process.pid;
});
export const slow = orchestrator("Slow", async (ctx, ms) => await ctx.callActivity(work, ms));
export const door = http("Door", () => new Response("by " + process.pid));
`;
const DOOR_ONLY = `
import { http, orchestratorRef } from ${JSON.stringify(PERDURE)};
const slow = orchestratorRef("Slow");
export const order = http("Order", async (request, { client }) => {
  const run = await client.startNew(slow, { input: 1 });
  return client.waitForCompletionOrCreateCheckStatusResponse(request, run.instanceId);
});
`;
const MANAGEMENT = "/runtime/webhooks/durabletask";
const PATIENCE_MS = 10_000;

async function startHost(folder: Folder, ...args: readonly string[]): Promise<{ cli: CliProcess; url: string }> {
  const cli = new CliProcess(["start", ...args, "--port", "0", "--store", `file:${folder.path}/hub.db`], folder.path);
  const [, url = ""] = await cli.printed(/"msg":"Management API: (http:\/\/localhost:\d+)\/runtime/);
  await cli.printed(/started in \d+ ms/);
  return { cli, url };
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(10)) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen;
  }
  return assert.fail(`not seen within ${PATIENCE_MS} ms: ${what}`);
}

/** The processes that ran the activity of this instance, in order. */
function runsOf(folder: Folder, id: string): readonly number[] {
  let text = "";
  try {
    text = readFileSync(join(folder.path, "app", "runs"), "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => (line.startsWith(`${id} `) ? [Number(line.split(" ")[1])] : []));
}

/** Starts an instance, and waits for its end if `timeout` (seconds) is given. */
const run = (url: string, id: string, ms: number, timeout?: number) =>
  fetch(`${url}${MANAGEMENT}/orchestrators/Slow/${id}${timeout === undefined ? "" : `?timeout=${timeout}&pollingInterval=1`}`, {
    method: "POST",
    body: String(ms),
  });

test("worker processes: one that is killed is replaced and its work taken over, the door stays open, SIGTERM drains all", async () => {
  using folder = new Folder();
  folder.write("app/index.ts", APP);
  const { cli, url } = await startHost(folder, "app", "--workers", "2");
  await using _ = cli;
  assert.equal(cli.workers().length, 2);
  assert.match(cli.output, /"msg":"Workers: 2 child processes"/);
  assert.equal(await (await fetch(`${url}/readyz`)).text(), '{"status":"ready"}');
  const doorPid = Number((await (await fetch(`${url}/api/Door`)).text()).slice(3));
  assert.ok(!cli.workers().some(({ pid }) => pid === doorPid));

  const answer = run(url, "taken-over", 400, 20);
  const victim = await until("it runs", () => runsOf(folder, "taken-over")[0]);
  process.kill(victim, "SIGKILL");
  while (cli.workers().length < 3) {
    assert.equal((await fetch(`${url}/api/Door`)).status, 200);
    await sleep(20);
  }
  assert.equal(new Set(cli.workers().map(({ number }) => number)).size, 2);
  const ranBy: unknown = await (await answer).json();
  assert.deepEqual(runsOf(folder, "taken-over"), [victim, ranBy]);
  assert.match(cli.output, /"event":"worker-process.died","workerNumber":\d,"pid":\d+,"code":null,"signal":"SIGKILL"/);
  for (const line of cli.output.trim().split("\n")) assert.equal(typeof JSON.parse(line).msg, "string");
  assert.match(cli.output, /"event":"worker-process.output","workerNumber":\d,"msg":"working"/);
  assert.match(cli.output, /"event":"activity.completed","workerNumber":\d/);

  const waiting = run(url, "drained", 300, 20);
  const last = await until("the last one runs", () => runsOf(folder, "drained")[0]);
  cli.signal("SIGTERM");
  assert.deepEqual([(await waiting).status, await (await waiting).json()], [200, last]);
  assert.equal(await cli.exited, 0);
  assert.deepEqual(
    cli.workers().filter(({ pid }) => isRunning(pid)),
    [],
  );
  assert.deepEqual(runsOf(folder, "drained"), [last]);
});

test("a host without a worker starts what a worker elsewhere has, which ends its work when its parent is killed; then the host accepts anything", async () => {
  using folder = new Folder();
  folder.write("app/index.ts", APP);
  folder.write("door/index.ts", DOOR_ONLY);
  const [works, serves] = await Promise.all([startHost(folder, "app", "--workers", "1"), startHost(folder, "door", "--no-worker")]);
  await using worker = works.cli;
  await using door = serves.cli;
  const pid = worker.workers()[0]?.pid;
  assert.equal(await (await run(serves.url, "here", 1, 20)).json(), pid);
  assert.equal(await (await fetch(`${serves.url}/api/Order`, { method: "POST" })).json(), pid);
  const unknown = await fetch(`${serves.url}${MANAGEMENT}/orchestrators/Missing`, { method: "POST" });
  assert.equal(unknown.status, 400);
  assert.match(await unknown.text(), /The following are the known orchestrator functions: 'Slow'/);

  await run(serves.url, "orphan", 300);
  await until("it runs", () => runsOf(folder, "orphan")[0]);
  worker.signal("SIGKILL");
  await worker.exited;
  await until("no orphans", () => worker.workers().every((one) => !isRunning(one.pid)));
  const orphan = await fetch(`${serves.url}${MANAGEMENT}/instances/orphan`);
  assert.equal(((await orphan.json()) as { readonly runtimeStatus: string }).runtimeStatus, "Completed");
  assert.deepEqual(runsOf(folder, "orphan"), [pid]);

  const acceptsAnything = async () => (await fetch(`${serves.url}${MANAGEMENT}/orchestrators/Missing`, { method: "POST" })).status === 202;
  const known = performance.now(); // functions are kept for a second
  while (!(await acceptsAnything())) {
    assert.ok(performance.now() - known < PATIENCE_MS);
    await sleep(100);
  }
  assert.match(door.output, /Workers: none in this process/);
  door.signal("SIGTERM");
  assert.equal(await door.exited, 0);
});
