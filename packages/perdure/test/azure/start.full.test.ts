import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../../../scripts/lib/paths.ts";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { until } from "../../src/process/testing/until.ts";
import { azureFolder, SDKS } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";

const example = (name: string) => join(ROOT, "examples/azure", name);

test("the example in TypeScript is built by its own script, fans out, and answers with the result or with the URLs", async () => {
  rmSync(join(ROOT, "examples/azure/typescript/dist"), { recursive: true, force: true });
  using folder = new Folder();
  await using host = await AzureHost.start(example("typescript"), folder.path, ["--store", "memory:"]);
  await host.printed(/Building the app, since there is no file by \\"main\\"/);
  for (const [count, sum] of [
    [0, 0],
    [1, 0],
    [1_000, 999_000],
  ] as const) {
    const response = await fetch(`${host.url}/sum/${count}?timeout=60000`);
    assert.deepEqual([response.status, await response.json()], [200, sum]);
  }
  assert.equal((await fetch(`${host.url}/sum/1000?timeout=1`)).status, 202);
  assert.equal((await fetch(`${host.url}/sum/many`)).status, 404);
});

test("worker processes run an Azure app; its HTTP functions are served by their parent, with the key of the host", async () => {
  using folder = new Folder();
  await using host = await AzureHost.start(example("javascript"), folder.path, ["--workers", "2", "--key", "K1"]);
  const ends = await Promise.all(
    Array.from({ length: 20 }, async (_, item) => {
      const { statusQueryGetUri = "" } = await host.started("/api/chaining", { method: "POST", body: JSON.stringify({ item }) });
      assert.match(statusQueryGetUri, /code=K1/);
      return (await host.ended(statusQueryGetUri)).output;
    }),
  );
  assert.ok(ends.every((output) => output === "F1 -> F2 -> F3 -> F4"));
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

for (const sdk of SDKS) {
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
