import assert from "node:assert/strict";
import { test } from "node:test";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";

const app = (say: string, second = "Says") => `
const { app } = require("@azure/functions");
const df = require("durable-functions");
df.app.orchestration("Flow", function* (context) {
  const before = yield context.df.callActivity("Says");
  yield context.df.waitForExternalEvent("Go");
  return [before, yield context.df.callActivity("${second}")];
});
let runs = 0;
df.app.orchestration("Wild", function* (context) {
  runs += 1;
  if (runs === 1) return yield context.df.callActivity("Says");
  return yield context.df.callActivity("Other");
});
df.app.orchestration("Late", function* (context) {
  yield context.df.callActivity("Says", process.hrtime.bigint().toString());
});
df.app.activity("Says", { handler: () => "${say}" });
df.app.activity("${second === "Says" ? "Other" : second}", { handler: () => "${say}" });
app.get("Told", () => ({ body: "${say} " + process.env.OWN }));
`;

test("perdure dev of an Azure app: sources and settings are loaded again, and each episode is repeated by the library", async () => {
  using folder = azureFolder({ files: { "src/all.js": app("v1") }, local: { Values: { OWN: "one" } } });
  await using host = await AzureHost.start(".", folder.path, ["--store", "memory:"], {}, "dev");
  const told = async () => (await fetch(`${host.url}/api/Told`)).text();
  const { statusQueryGetUri = "", sendEventPostUri = "" } = await host.started("/runtime/webhooks/durabletask/orchestrators/Flow");
  await host.started("/runtime/webhooks/durabletask/orchestrators/Wild");
  await host.printed(/"name":"Wild"[^\n]*"asked":"activity \\"Other\\" as action 0","file":"[^"]*src\/all\.js","line":13/);
  await host.started("/runtime/webhooks/durabletask/orchestrators/Late");
  await host.printed(/"name":"Late"[^\n]*with another input or time","file":"[^"]*src\/all\.js","line":16/);
  assert.equal(await told(), "v1 one");

  folder.write("local.settings.json", JSON.stringify({ Values: { OWN: "two" } }));
  folder.write("src/all.js", app("v2", "Third"));
  await host.printed(/"event":"dev\.loaded"[^\n]*New: activity \\"Third\\"\. Gone: activity \\"Other\\"\./);
  assert.equal(await told(), "v2 two");
  await host.printed(/"event":"dev\.checked"[^\n]*1 open instance: all fit/);
  const event = sendEventPostUri.replace("{eventName}", "Go");
  assert.equal((await fetch(event, { method: "POST", headers: { "Content-Type": "application/json" }, body: "" })).status, 202);
  assert.deepEqual((await host.ended(statusQueryGetUri)).output, ["v1", "v2"]);
  assert.equal(await host.stopped(), 0);
});
