import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parsePrometheus } from "../telemetry/testing/prometheus-grammar.ts";
import { CliProcess, Folder, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { activity, orchestrator } from ${JSON.stringify(PERDURE)};
export const add = activity("Add", (n) => n + 1);
export const sum = orchestrator("Sum", async (ctx, n) => await ctx.callActivity(add, n));
`;
const MANAGEMENT = "/runtime/webhooks/durabletask";
const PATIENCE_MS = 15_000;

test("a host adds up what its worker processes count, keeps it when one dies, and answers on an address of its own without the key", async () => {
  using folder = new Folder();
  folder.write("app/index.ts", APP);
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const args = ["start", "app", "--workers", "2", "--key", "k", "--metrics-address", String(port), "--port", "0"];
  const cli = new CliProcess([...args, "--store", `file:${folder.path}/hub.db`], folder.path);
  await using _ = cli;
  const [, url = ""] = await cli.printed(/"msg":"Management API: (http:\/\/localhost:\d+)\/runtime/);
  await cli.printed(/started in \d+ ms/);
  const run = (id: string) =>
    fetch(`${url}${MANAGEMENT}/orchestrators/Sum/${id}?code=k&timeout=20&pollingInterval=1`, { method: "POST", body: "1" });
  const scrape = async () => parsePrometheus(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
  const ended = async () => (await scrape()).get('perdure_instances_ended_total{orchestrator="Sum",status="Completed"}') ?? 0;
  for (let n = 0; n < 20; n += 1) assert.equal((await run(`a-${n}`)).status, 200);
  assert.equal(await ended(), 20);
  const [first] = cli.workers();
  assert.ok(first !== undefined);
  process.kill(first.pid, "SIGKILL");
  for (const deadline = performance.now() + PATIENCE_MS; cli.workers().length < 3; await sleep(50)) assert.ok(performance.now() < deadline);
  assert.ok((await ended()) >= 20);
  assert.equal((await run("b")).status, 200);
  assert.equal(await ended(), 21);
  assert.equal((await fetch(`${url}/metrics`)).status, 401);
  assert.equal((await fetch(`${url}/metrics?code=k`)).status, 200);
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 404);
});
