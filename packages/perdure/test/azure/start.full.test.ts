import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../../../scripts/lib/paths.ts";
import { ISOLATIONS } from "../../src/app-threads/app-threads.ts";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { until } from "../../src/process/testing/until.ts";
import { Upload } from "../testing/upload.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";
import { RELEASES } from "./testing/releases.ts";

const example = (name: string) => join(ROOT, "examples/azure", name);

const FAULTS = `
const df = require("durable-functions");
df.app.orchestration("One", function* (context) { return yield context.df.callActivity(context.df.getInput()); });
df.app.orchestration("Good", function* (context) {
  const said = [];
  for (let step = 0; step < 5; step++) {
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 100));
    said.push(yield context.df.callActivity("Fine", step));
  }
  return said;
});
df.app.activity("Fine", { handler: (step) => step });
df.app.activity("Exit", { handler: () => process.exit(3) });
df.app.activity("Block", { handler: () => { const end = Date.now() + 4000; while (Date.now() < end); return "unblocked"; } });
df.app.activity("Throw", { handler: () => new Promise(() => setTimeout(() => { throw new Error("outside"); }, 10)) });
`;

for (const isolation of ISOLATIONS) {
  test(`activities that end, block or throw outside harm no other instance, and what ends its ${isolation} each time is stopped`, async () => {
    using folder = azureFolder({ files: { "src/all.js": FAULTS } });
    await using host = await AzureHost.start(".", folder.path, ["--store", "memory:", "--isolation", isolation]);
    await harmNoOther(host);
  });
}

async function harmNoOther(host: AzureHost): Promise<void> {
  const start = (name: string, id: string, input: string) =>
    fetch(`${host.management}/orchestrators/${name}/${id}`, { method: "POST", body: JSON.stringify(input) });
  const good = Array.from({ length: 50 }, (_, at) => `good${at}`);
  await Promise.all(good.map((id) => start("Good", id, "")));
  for (const fault of ["Exit", "Block", "Throw"]) await start("One", fault, fault);
  const at = (id: string) => `${host.management}/instances/${id}`;
  for (const id of good) assert.deepEqual((await host.ended(at(id))).output, [0, 1, 2, 3, 4]);
  assert.equal((await host.ended(at("Block"))).output, "unblocked");
  for (const id of ["Exit", "Throw"]) {
    const stopped = await until(`${id} is stopped`, async () => (await host.status(at(id))).stopped, 60_000);
    assert.equal(stopped.code, "ACTIVITY_POISON");
  }
}

test("worker processes run an Azure app; its HTTP functions are served by their parent, with the key of the host", async () => {
  using folder = new Folder();
  await using host = await AzureHost.start(example("javascript"), folder.path, ["--workers", "2", "--key", "K1"]);
  const ends = await Promise.all(
    Array.from({ length: 20 }, async (_, amount) => {
      const { statusQueryGetUri = "" } = await host.started("/api/chaining", { method: "POST", body: JSON.stringify({ amount }) });
      assert.match(statusQueryGetUri, /code=K1/);
      return (await host.ended(statusQueryGetUri)).output;
    }),
  );
  assert.deepEqual(
    ends,
    ends.map((_, amount) => `done: ${10 * amount + 7}`),
  );
});

const CITIES = `
const { app } = require("@azure/functions");
const df = require("durable-functions");
df.app.orchestration("Cities", function* (context) {
  const said = [context.df.isReplaying];
  for (const city of ["Tokyo", "Seattle", "London"]) {
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 50));
    said.push(yield context.df.callActivity("Hello", city));
  }
  const counter = new df.EntityId("Counter", "all");
  yield context.df.callEntity(counter, "add", said.length);
  said.push(yield context.df.callEntity(counter, "get"));
  const flaky = new df.RetryOptions(10, 3);
  said.push(yield context.df.callActivityWithRetry("Flaky", flaky));
  context.df.setCustomStatus("waiting");
  const go = yield context.df.waitForExternalEvent("Go");
  return [...said, go, context.df.isReplaying];
});
let flakes = 0;
df.app.activity("Hello", { handler: (city) => "Hello " + city });
df.app.activity("Flaky", { handler: () => { if (++flakes < 3) throw new Error("flake"); return "at last"; } });
df.app.entity("Counter", (context) => {
  const now = context.df.getState(() => 0);
  if (context.df.operationName === "add") context.df.setState(now + context.df.getInput());
  else context.df.return(now);
});
app.http("Start", { extraInputs: [df.input.durableClient()], handler: async (request, context) => {
  const client = df.getClient(context);
  return client.createCheckStatusResponse(request, await client.startNew("Cities"));
} });
`;

for (const sdk of RELEASES) {
  for (const keeps of [true, false]) {
    const kept = keeps ? "in memory" : "begun again in each episode";
    test(`${sdk}, orchestrators ${kept}: timers, activities, retries, entities and events, over a restart that nothing announced`, async () => {
      const durableTask = keeps ? {} : { extendedSessionsEnabled: false };
      using folder = azureFolder({ sdk, files: { "src/all.js": CITIES }, host: { version: "2.0", extensions: { durableTask } } });
      const instance: { path: string } = { path: "" };
      {
        await using host = await AzureHost.start(".", folder.path);
        const { statusQueryGetUri = "" } = await host.started("/api/Start");
        instance.path = statusQueryGetUri.slice(host.url.length);
        await until("the wait", async () => (await host.status(statusQueryGetUri)).customStatus === "waiting", 60_000);
      } // killed
      await using host = await AzureHost.start(".", folder.path);
      const event = instance.path.replace(/\?/, "/raiseEvent/Go?");
      const sent = await fetch(host.url + event, { method: "POST", headers: { "Content-Type": "application/json" }, body: '"go"' });
      assert.equal(sent.status, 202);
      const { output } = await host.ended(host.url + instance.path);
      // The restart made a replay of it; the oldest release knows nothing of one before the first task.
      const isReplaying = sdk === "durable-functions-3.0" ? null : true;
      assert.deepEqual(output, [isReplaying, "Hello Tokyo", "Hello Seattle", "Hello London", 4, "at last", "go", false]);
    });
  }
}

const AGAIN = `
const { app } = require("@azure/functions");
app.timer("Again", {
  schedule: "10:00:00", runOnStartup: process.env.FIRST === "yes", retry: { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: { hours: 1 } },
  handler: (timer, context) => { context.log("attempt " + context.retryContext.retryCount); throw new Error("down"); },
});
`;

test("a timer that waits for its next attempt gives up when the host stops, and its run begins again with the next one", async () => {
  using folder = azureFolder({ files: { "src/all.js": AGAIN } });
  const patient = ["--drain-timeout", "2m"];
  {
    await using host = await AzureHost.start(".", folder.path, patient, { FIRST: "yes" });
    await host.printed(/attempt 0/);
    await host.printed(/Waiting for .* before retry 1 of 'Functions\.Again'/);
    const began = performance.now();
    assert.equal(await host.stopped(), 0);
    assert.ok(performance.now() - began < 60_000);
  }
  await using host = await AzureHost.start(".", folder.path, patient);
  await host.printed(/attempt 0/);
});

const EARLY = `
const { app } = require("@azure/functions");
app.setup({ enableHttpStream: true });
const answer = () => ({ status: 409, body: "early".repeat(20_000) });
app.post("None", { handler: answer });
app.post("Some", { handler: async (request) => { await request.body.getReader().read(); return answer(); } });
app.post("Nothing", { handler: () => {} });
`;

test("HTTP streaming: a function that answers before it has read its request loses no answer", async () => {
  using folder = azureFolder({ files: { "src/all.js": EARLY } });
  await using host = await AzureHost.start(".", folder.path, ["--store", "memory:"]);
  for (const [name, status, length] of [
    ["None", 409, 100_000],
    ["Some", 409, 100_000],
    ["Nothing", 204, 0],
  ] as const) {
    for (let time = 0; time < 40; time++) {
      const response = await fetch(`${host.url}/api/${name}`, { method: "POST", body: new Uint8Array(3_000_000) });
      assert.deepEqual([response.status, (await response.text()).length], [status, length], name);
    }
  }
});

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
