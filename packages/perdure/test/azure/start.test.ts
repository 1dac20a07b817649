import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../../../scripts/lib/paths.ts";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { until } from "../../src/process/testing/until.ts";
import { Upload } from "../testing/upload.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";

const example = (name: string) => join(ROOT, "examples/azure", name);

test("the example with HTTP streaming: requests and answers in parts, large bodies, failures, query values as parameters", async () => {
  using folder = new Folder();
  await using host = await AzureHost.start(example("http-streaming"), folder.path, ["--store", "memory:", "--max-body-bytes", "2000000"]);
  const lines = await fetch(`${host.url}/api/lines/3`);
  assert.equal(lines.headers.get("content-type"), "text/plain");
  const parts: string[] = [];
  for await (const part of lines.body ?? []) parts.push(Buffer.from(part).toString());
  assert.equal(parts.join(""), "line 1\nline 2\nline 3\n");
  assert.ok(parts.length > 1, "it came in parts");
  const bytes = await fetch(`${host.url}/api/bytes`, { method: "POST", body: new Uint8Array(1_000_000) });
  assert.deepEqual(await bytes.json(), { bytes: 1_000_000 });
  const upload = new Upload(`${host.url}/api/totals`);
  await upload.write("a");
  await upload.says("1\n");
  await upload.write("bcd");
  await upload.says("4\n");
  upload.end();
  assert.equal(await upload.rest(), "1\n4\n");
  const tooMuch = new Upload(`${host.url}/api/bytes`);
  const sending = async () => {
    for (let sent = 0; sent < 3; sent++) await tooMuch.write(new Uint8Array(1_000_000));
  };
  sending().catch(() => {});
  assert.equal(await tooMuch.status(), 413);
  for (let time = 0; time < 5; time++) {
    const failed = await fetch(`${host.url}/api/Fail`, { method: "POST", body: new Uint8Array(1_000_000) });
    assert.equal(failed.status, 500);
    assert.match(await failed.text(), /^\{"Message":"The HTTP function/);
  }
  await host.printed(/The HTTP function \\"Fail\\" failed/);
  const { statusQueryGetUri = "" } = await host.started("/api/orchestrators/HelloCities");
  assert.deepEqual((await host.ended(statusQueryGetUri)).output, ["Hello, Tokyo!", "Hello, Seattle!", "Hello, London!"]);
});

const SETTINGS_APP = `
const { app } = require("@azure/functions");
const df = require("durable-functions");
const seen = [];
app.hook.appStart(() => seen.push("appStart"));
app.hook.preInvocation((hook) => {
  if (hook.invocationContext.functionName !== "Add") return;
  hook.inputs = [hook.inputs[0] + 1];
  hook.hookData.began = true;
});
app.hook.postInvocation((hook) => {
  if (hook.invocationContext.functionName === "Add") hook.result = { sum: hook.result, began: hook.hookData.began };
});
df.app.orchestration("Orchestrate", function* (context) {
  const told = [];
  context.df.setCustomStatus("adding");
  told.push(context.df.isReplaying);
  told.push(yield context.df.callActivity("Add", 41));
  return told;
});
df.app.orchestration("Broken", function* (context) {
  yield context.df.callActivity("Add", 41);
  throw new Error("no luck");
});
df.app.activity("Add", { handler: (number, context) => number + (context.triggerMetadata.instanceId === "fixed" ? 100 : 0) });
df.app.client.http("Start", { route: "start", handler: async (request, client) => ({ jsonBody: { id: await client.startNew("Orchestrate", { instanceId: "fixed" }) } }) });
app.http("Seen", {
  route: "seen/{part?}", methods: ["GET", "POST"],
  handler: async (request, context) => {
    context.debug("not logged");
    context.warn("logged");
    return { status: 201, headers: { "x-own": "yes" }, cookies: [{ name: "a", value: "b c", path: "/", httpOnly: true }],
      jsonBody: { seen, folder: process.cwd(), own: process.env.OWN, host: process.env.WEBSITE_HOSTNAME, part: request.params.part ?? null,
        q: request.query.get("q"), url: request.url, body: request.method === "POST" ? await request.text() : null, header: request.headers.get("x-in") } };
  },
});
app.http("Nothing", { handler: () => {} });
app.http("Hidden", { authLevel: "function", handler: () => ({ body: "shown" }) });
`;

test("settings, hooks and HTTP as on Azure: prefix, port, levels, cookies, parameters, keys", async () => {
  using folder = azureFolder({
    files: { "src/all.js": SETTINGS_APP },
    host: {
      version: "2.0",
      logging: { logLevel: { default: "Warning" } },
      extensions: { http: { routePrefix: "v1/own" }, durableTask: { hubName: "%OWN%", maxOrchestrationActions: 10, unheardOf: 1 } },
    },
    local: { Values: { OWN: "FromValues" } },
  });
  await using host = await AzureHost.start(".", folder.path, ["--store", "memory:", "--key", "secret"]);
  const response = await fetch(`${host.url}/v1/own/seen/x%20y?q=1`, { method: "POST", body: "text", headers: { "x-in": "in" } });
  assert.deepEqual(
    [response.status, response.headers.get("x-own"), response.headers.get("set-cookie")],
    [201, "yes", "a=b%20c; Path=/; HttpOnly"],
  );
  const { folder: cwd, ...seen } = (await response.json()) as { readonly [field: string]: unknown };
  assert.match(String(cwd), new RegExp(`${folder.path}$`));
  assert.deepEqual(seen, {
    ...{ seen: ["appStart"], own: "FromValues", host: "localhost:0", part: "x y", q: "1" },
    ...{ url: `${host.url}/v1/own/seen/x%20y?q=1`, body: "text", header: "in" },
  });
  assert.equal((await fetch(`${host.url}/v1/own/Nothing`)).status, 204);
  assert.equal((await fetch(`${host.url}/v1/own/Hidden`)).status, 401);
  assert.equal(await (await fetch(`${host.url}/v1/own/Hidden?code=secret`)).text(), "shown");
  await fetch(`${host.url}/v1/own/start`);
  const { output, customStatus } = await host.ended(`${host.management}/instances/fixed?code=secret&taskHub=FromValues`);
  assert.deepEqual([output, customStatus], [[false, { sum: 142, began: true }], "adding"]);
  const broken = await host.started("/runtime/webhooks/durabletask/orchestrators/Broken?code=secret&taskHub=FromValues");
  assert.equal((await host.ended(broken.statusQueryGetUri ?? "")).output, "Orchestrator function 'Broken' failed: no luck");
  await host.printed(/Failed \(Orchestrator function 'Broken' failed: no luck\) at \S+src\/all\.js:23 /);
  await host.printed(/"extensions\.durableTask\.unheardOf\\" is not a known setting/);
  await host.printed(/"level":"warn".*"function":"Seen".*"msg":"logged"/);
  assert.doesNotMatch(host.output, /not logged|Executing/);
  assert.equal(await host.stopped(), 0);
});

const TIMER_APP = `
const { app } = require("@azure/functions");
const df = require("durable-functions");
const runs = [];
df.app.client.timer("Tick", {
  schedule: "0 0 0 1 1 *", runOnStartup: true,
  handler: async (timer, client) => { runs.push({ timer, id: await client.startNew("Work") }); },
});
df.app.orchestration("Work", function* (context) {
  const answer = yield context.df.callHttp({ method: "GET", url: process.env.TARGET });
  return [answer.statusCode, answer.content];
});
const tries = [];
app.timer("Often", {
  schedule: "01:00:00", runOnStartup: true, retry: { strategy: "exponentialBackoff", maxRetryCount: 2, minimumInterval: 0, maximumInterval: 1000 },
  handler: (timer, { retryContext }) => {
    tries.push({ retryCount: retryContext.retryCount, maxRetryCount: retryContext.maxRetryCount, because: retryContext.exception?.message, next: timer.scheduleStatus.next });
    if (tries.length < 3) throw new RangeError("try " + tries.length);
  },
});
app.get("Runs", () => ({ jsonBody: runs }));
app.get("Tries", () => ({ jsonBody: tries }));
`;

test("a timer function runs at the start if it says so, and starts work that calls a server of this machine", async () => {
  using folder = azureFolder({ files: { "src/all.js": TIMER_APP }, local: { Values: { WEBSITE_TIME_ZONE: "Europe/Berlin" } } });
  await using target = createServer((_, response) => response.end("here")).listen(0, "127.0.0.1");
  await once(target, "listening");
  const { port } = target.address() as AddressInfo;
  const env = { TARGET: `http://127.0.0.1:${port}/` };
  await using host = await AzureHost.start(".", folder.path, ["--store", "memory:"], env);
  const runs = async () =>
    (await (await fetch(`${host.url}/api/Runs`)).json()) as readonly { readonly timer: Timer; readonly id: string }[];
  const [run, ...more] = await until("the run of the timer", async () => ((await runs()).length > 0 ? runs() : null), 60_000);
  assert.equal(more.length, 0);
  const { timer, id = "" } = run ?? {};
  assert.deepEqual([timer?.isPastDue, timer?.schedule, timer?.scheduleStatus.last], [false, { adjustForDST: true }, "0001-01-01T00:00:00"]);
  assert.match(timer?.scheduleStatus.next ?? "", /^\d{4}-12-31T23:00:00\.000Z$/); // midnight of 1 January in Berlin
  assert.deepEqual((await host.ended(`${host.management}/instances/${id}`)).output, [200, "here"]);

  const tries = async () => (await (await fetch(`${host.url}/api/Tries`)).json()) as readonly { readonly next: string }[];
  const all = await until("the retries", async () => ((await tries()).length === 3 ? tries() : null), 60_000);
  const next = all[0]?.next ?? "";
  assert.ok(Date.parse(next) - Date.now() > 3_000_000, next);
  assert.deepEqual(all, [
    { retryCount: 0, maxRetryCount: 2, next },
    { retryCount: 1, maxRetryCount: 2, because: "try 1", next },
    { retryCount: 2, maxRetryCount: 2, because: "try 2", next },
  ]);
  await host.printed(/Often: timer 01:00:00 UTC/);
  const listed = async () => (await fetch(`${host.management}/schedules`)).json() as Promise<readonly Listed[]>;
  const often = async () => (await listed()).find((one) => one.name === "Often" && one.last !== null);
  const { cron, state, lastProblem } = await until("its state", often, 60_000);
  assert.deepEqual([cron, state, lastProblem], ["01:00:00", "active", null]);
});

interface Listed {
  readonly name: string;
  readonly cron: string;
  readonly state: string;
  readonly last: string | null;
  readonly lastProblem: string | null;
}

interface Timer {
  readonly isPastDue: boolean;
  readonly schedule: object;
  readonly scheduleStatus: { readonly last: string; readonly next: string };
}
