import assert from "node:assert/strict";
import { test } from "node:test";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";

// A host for each app: others, with streams and with timers, are in start.full.test.ts.
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
