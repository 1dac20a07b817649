import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../../../scripts/lib/paths.ts";
import { ISOLATIONS } from "../../src/app-threads/app-threads.ts";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { until } from "../../src/process/testing/until.ts";
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
