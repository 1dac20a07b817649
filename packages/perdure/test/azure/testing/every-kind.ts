import assert from "node:assert/strict";
import { azureFolder } from "./azure-folder.ts";
import { report } from "./check.ts";
import type { Release } from "./releases.ts";

const APP = `
const { app, input, output } = require("@azure/functions");
const df = require("durable-functions");
df.app.orchestration("Orchestrate", function* () {});
df.app.orchestration("Clock", function* (context) {
  const now = /* Date.now() */ new Date(context.df.currentUtcDateTime);
  if (Date.now() > 5) yield context.df.callActivity("Act", "Math.random()");
});
df.app.orchestration("Promised", { handler: async (context) => { await context.df.callActivity("Act"); } });
df.app.activity("Act", { handler: () => 1 });
df.app.entity("Count", () => {});
app.http("Named", { handler: () => {} });
app.put("Routed", { route: "/orders/{id:int}", handler: () => {} });
df.app.client.http("Client", { route: "%Part%/client", handler: () => {} });
app.timer("Tick", { schedule: "%Every%", handler: () => {} });
app.timer("Late", { schedule: "five minutes", handler: () => {} });
app.timer("Often", { schedule: "00:00:30", retry: { strategy: "fixedDelay", maxRetryCount: 2, delayInterval: 1000 }, handler: () => {} });
app.timer("Retried", { schedule: "%Every%", retry: { strategy: "fixedDelay", maxRetryCount: -2, delayInterval: 1000 }, handler: () => {} });
app.storageQueue("Queue", { queueName: "q", connection: "C", retry: { strategy: "fixedDelay", maxRetryCount: 2, delayInterval: 1000 }, handler: () => {} });
app.generic("Wrong", { trigger: { type: "queueTriger" }, handler() {} });
app.storageQueue("Lost", { queuName: "q", connection: "C", handler: () => {} });
app.timer("Eager", { schedule: "%Every%", runOnStartap: true, handler: () => {} });
app.get("Bound", { extraInputs: [input.generic({ type: "blop" })], handler: () => {} });
app.eventHub("Hub", { connection: "C", eventHubName: "h", handler: () => {} });
app.get("named", () => {});
app.get("Out", { extraOutputs: [output.storageQueue({ queueName: "q", connection: "C" })], handler() {} });
app.generic("New", { trigger: { type: "orchestrationTrigger", name: "x", durableRequiresGrpc: true }, handler() {} });
`;

/** What `perdure check` says of an app that has everything, made with that release of the library. */
export async function everyKind(sdk: Release): Promise<void> {
  using folder = azureFolder({ sdk, files: { "src/all.js": APP }, local: { Values: { part: "p", EVERY: "0 */5 * * * *" } } });
  const { code, functions, http, notes, problems, triggers } = await report(folder.path);
  assert.deepEqual(functions, { orchestrator: ["Orchestrate", "Clock"], activity: ["Act"], entity: ["Count"] });
  assert.deepEqual(
    http.map(({ name, route, methods }) => [name, route, methods]),
    [
      ["Named", "Named", ["GET", "POST"]],
      ["Routed", "orders/{id:int}", ["PUT"]],
      ["Client", "p/client", ["GET", "POST"]],
      ["Bound", "Bound", ["GET"]],
      ["named", "named", ["GET"]],
      ["Out", "Out", ["GET"]],
    ],
  );
  const timers = triggers.filter(({ kind, name }) => kind === "timer" && name !== "Late");
  assert.deepEqual(timers, [
    { kind: "timer", name: "Tick", schedule: "0 */5 * * * *", runOnStartup: false, useMonitor: true },
    { kind: "timer", name: "Often", schedule: "00:00:30", runOnStartup: false, useMonitor: false },
    { kind: "timer", name: "Eager", schedule: "0 */5 * * * *", runOnStartup: false, useMonitor: true },
  ]);
  const inApp = (texts: readonly string[]) => texts.map((text) => text.replace(/\(\S+\/src\//, "(src/"));
  assert.deepEqual(inApp(notes), [
    'The orchestrator "Clock" calls Date.now() (src/all.js:5), which gives something else when it is replayed. Use context.df.currentUtcDateTime.',
    'The retry policy of the function "Queue" has no effect: what failed comes again as extensions in host.json and the service itself say.',
    'The timerTrigger of the function "Eager" has "runOnStartap", which has no effect; did you mean "runOnStartup"?',
  ]);
  assert.deepEqual(inApp(problems), [
    'The function "Promised" is an orchestrator and an async function (src/all.js:9); write it as a generator: "function* (context)", and "yield" in place of "await".',
    'The function "Late" cannot run: its schedule is "five minutes"; expected six fields (second minute hour day month weekday), or five, or a time such as "00:05:00".',
    'The function "Retried" has a retry policy that cannot be kept: its maxRetryCount is -2; expected a whole number from 0, or -1 for ever.',
    'The function "Wrong" has a queueTrigerTrigger, which is not supported; did you mean "queueTrigger"?',
    'The queueTrigger of the function "Lost" has "queuName", which has no effect; did you mean "queueName"?',
    'The function "Bound" has the input binding "blop", which is not supported; did you mean "blob"?',
    'The function "Hub" has a eventHubTrigger, which is not supported.',
    'The functions "Named" and "named" have the same name: names compare without case.',
    'The function "New" was made with durable-functions 4, which speaks gRPC. Install durable-functions 3, which is what runs here.',
    'The function "Queue" has a queue trigger, and there is no setting "C" with its connection string. Set it in the environment, or in "Values" of local.settings.json.',
    'The function "Out" has a queue output, and there is no setting "C" with its connection string. Set it in the environment, or in "Values" of local.settings.json.',
  ]);
  assert.equal(code, 1);
}
