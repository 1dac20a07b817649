import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../src/process/testing/until.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";

/** Calls any method of the library's client, and answers with what it gave or threw. */
const APP = `
const { app } = require("@azure/functions");
const df = require("durable-functions");
df.app.orchestration("Wait", function* (context) {
  context.df.setCustomStatus("waiting");
  const go = yield context.df.waitForExternalEvent("Go");
  if (go === "fail") throw new Error("on purpose");
  return { input: context.df.getInput(), go };
});
df.app.entity("Counter", (context) => {
  const now = context.df.getState(() => 0);
  if (context.df.operationName === "add") context.df.setState(now + context.df.getInput());
});
app.http("Call", {
  route: "call/{method}", methods: ["POST"], extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const given = await request.json();
    const args = given.map((one) => one && one.entity ? new df.EntityId(one.entity, one.key) : one && one.since !== undefined ? { ...one, createdTimeFrom: new Date(one.since) } : one);
    try {
      return { jsonBody: { value: (await client[request.params.method](...args)) ?? null } };
    } catch (error) {
      return { jsonBody: { thrown: String(error.message ?? error) } };
    }
  },
});
`;

interface Answer {
  readonly value?: unknown;
  readonly thrown?: string;
}

test("every method of the library's client, against instances in every state", async () => {
  using folder = azureFolder({ files: { "src/all.js": APP } });
  await using host = await AzureHost.start(".", folder.path, ["--store", "memory:", "--key", "secret"]);
  const call = async (method: string, ...args: readonly unknown[]): Promise<Answer> => {
    const response = await fetch(`${host.url}/api/call/${method}`, { method: "POST", body: JSON.stringify(args) });
    return (await response.json()) as Answer;
  };
  const status = async (id: string) => (await call("getStatus", id)).value as { readonly [field: string]: unknown } | undefined;
  const reaches = (id: string, state: string) => until(`${id} ${state}`, async () => (await status(id))?.runtimeStatus === state, 30_000);

  assert.deepEqual(await call("startNew", "Wait", { instanceId: "run", input: { a: [1] } }), { value: "run" });
  await until("it waits", async () => (await status("run"))?.customStatus === "waiting", 30_000);
  assert.match((await call("startNew", "Wait", { instanceId: "run" })).thrown ?? "", /409|exists/);
  assert.match((await call("startNew", "Nothing")).thrown ?? "", /Nothing/);
  assert.deepEqual(await call("suspend", "run", "a reason"), { value: null });
  await reaches("run", "Suspended");
  assert.deepEqual(await call("resume", "run", "go on"), { value: null });
  await reaches("run", "Running");
  assert.match((await call("resume", "run", "again")).thrown ?? "", /500/);
  assert.match((await call("rewind", "run", "why")).thrown ?? "", /\S/);
  assert.deepEqual(await call("raiseEvent", "run", "Go", { x: "ü" }), { value: null });
  await reaches("run", "Completed");
  const done = await status("run");
  assert.deepEqual([done?.input, done?.output], [{ a: [1] }, { input: { a: [1] }, go: { x: "ü" } }]);

  for (const method of ["terminate", "suspend", "resume"]) assert.deepEqual(await call(method, "run", "late"), { value: null }, method);
  assert.deepEqual(await call("raiseEvent", "run", "Go"), { value: null }); // 410 is silent
  for (const method of ["terminate", "suspend", "resume", "rewind"])
    assert.match((await call(method, "none", "why")).thrown ?? "", /No instance with ID 'none' found/, method);
  assert.match((await call("raiseEvent", "none", "Go")).thrown ?? "", /No instance with ID 'none' found/);
  assert.match((await call("getStatus", "none")).thrown ?? "", /404/);

  await call("startNew", "Wait", { instanceId: "fails" });
  await call("raiseEvent", "fails", "Go", "fail");
  await reaches("fails", "Failed");
  assert.equal((await status("fails"))?.output, "Orchestrator function 'Wait' failed: on purpose");
  assert.deepEqual(await call("rewind", "fails", "fixed"), { value: null });
  await call("startNew", "Wait", { instanceId: "ends" });
  assert.deepEqual(await call("terminate", "ends", "enough"), { value: null });
  await reaches("ends", "Terminated");
  assert.equal((await status("ends"))?.output, "enough");

  const counter = { entity: "Counter", key: "k" };
  assert.deepEqual(await call("readEntityState", counter), { value: { entityExists: false } });
  assert.deepEqual(await call("signalEntity", counter, "add", 5), { value: null });
  await until("the state", async () => JSON.stringify((await call("readEntityState", counter)).value).includes("5"), 30_000);
  assert.deepEqual(await call("readEntityState", counter), { value: { entityExists: true, entityState: 5 } });

  const ids = (answer: Answer) => (answer.value as readonly { readonly instanceId: string }[]).map(({ instanceId }) => instanceId).sort();
  assert.deepEqual(ids(await call("getStatusAll")), ["@counter@k", "ends", "fails", "run"]);
  assert.deepEqual(ids(await call("getStatusBy", { runtimeStatus: ["Completed", "Terminated"] })), ["ends", "run"]);
  assert.deepEqual(await call("purgeInstanceHistory", "none"), { value: { instancesDeleted: 0 } });
  assert.deepEqual(await call("purgeInstanceHistory", "run"), { value: { instancesDeleted: 1 } });
  const since = { since: 0, runtimeStatus: ["Terminated"] };
  assert.deepEqual(await call("purgeInstanceHistoryBy", since), { value: { instancesDeleted: 1 } });
  assert.deepEqual(await call("purgeInstanceHistoryBy", since), { value: { instancesDeleted: 0 } });
  const { id, statusQueryGetUri } = (await call("createHttpManagementPayload", "x")).value as { readonly [field: string]: string };
  assert.deepEqual([id, statusQueryGetUri], ["x", `${host.management}/instances/x?taskHub=PerdureHub&connection=Storage&code=secret`]);
});
