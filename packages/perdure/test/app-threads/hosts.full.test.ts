import assert from "node:assert/strict";
import { test } from "node:test";
import { CliProcess, Folder, isRunning, PERDURE } from "../../src/cli/testing/spawn-cli.ts";
import { until } from "../../src/process/testing/until.ts";

const APP = `
import { activity, http, orchestrator } from ${JSON.stringify(PERDURE)};
export const fine = activity("Fine", () => process.pid);
const loop = () => { for (let sum = 0; ; sum += performance.now()); };
export const spin = activity("Spin", () => { console.log("spinning in " + process.pid); loop(); });
export const run = orchestrator("Run", (ctx, name) => ctx.callActivity(name));
export const send = http("Send", { authLevel: "anonymous" }, () => Response.json({ send: typeof process.send, stdin: typeof process.stdin.fd }));
`;

async function startHost(folder: Folder, ...options: readonly string[]) {
  folder.write("app/index.ts", APP);
  const cli = new CliProcess(["start", "app", "--isolation", "process", "--port", "0", ...options], folder.path);
  const [, url = ""] = await cli.printed(/"msg":"Management API: ([^"]+)"/);
  await cli.printed(/started in \d+ ms/);
  const run = async (activity: string, query: string): Promise<Response> =>
    fetch(`${url}/orchestrators/Run${query}`, { method: "POST", body: JSON.stringify(activity) });
  return { cli, run, api: new URL("/api/", url).href };
}

const WAITING = "?timeout=30&pollingInterval=1";

async function pidIn(answer: Response): Promise<number> {
  const text = await answer.text();
  assert.match(text, /^\d+$/);
  return Number(text);
}

const isGone = (pid: number) => until("it has gone", () => !isRunning(pid), 20_000);

test("perdure start --isolation process: an app has a process of its own, which ends with its host, whatever it computes", async () => {
  using folder = new Folder();
  const { cli, run, api } = await startHost(folder);
  await using _ = cli;
  const pid = await pidIn(await run("Fine", WAITING));
  assert.ok(isRunning(pid));
  assert.deepEqual(
    ((await (await fetch(`${api}Send`)).json()) as { readonly send: string }).send,
    "undefined",
    "the app has no channel of Node",
  );
  assert.equal((await run("Spin", "")).status, 202);
  const [, spinning = ""] = await cli.printed(/spinning in (\d+)/);
  await cli.printed(/Process \d+ \(pid \d+\) of the app is held by loop \(.*index\.ts:4\)/);
  cli.signal("SIGKILL");
  await cli.exited;
  await isGone(Number(spinning));
  await isGone(pid);
});

test("perdure start --isolation process --workers 2 --app-threads 2: each worker process has its own, and a stop ends them all", async () => {
  using folder = new Folder();
  const { cli, run } = await startHost(folder, "--workers", "2", "--app-threads", "2", "--store", "file:hub.db");
  await using _ = cli;
  const pids = await Promise.all(Array.from({ length: 40 }, async () => pidIn(await run("Fine", WAITING))));
  const others = new Set(pids);
  assert.ok(others.size >= 2, `${[...others]}`);
  for (const { pid } of cli.workers()) assert.ok(!others.has(pid), "no worker process runs the app itself");
  cli.signal("SIGTERM");
  assert.equal(await cli.exited, 0);
  for (const pid of others) await isGone(pid);
});
