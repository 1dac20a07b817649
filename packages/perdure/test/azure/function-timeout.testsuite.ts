import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeCrypto } from "../../src/process/node-crypto.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import { openAzureThreads } from "./testing/azure-thread-app.ts";

const LIMIT = "00:00:02";
const APP = (isStreamed: boolean) => `
const { app } = require("@azure/functions");
const df = require("durable-functions");
${isStreamed ? "app.setup({ enableHttpStream: true });" : ""}
const never = new Promise(() => {});
async function* parts() {
  yield "first";
  await never;
}
app.get("Waits", { handler: () => never });
app.get("Answers", { handler: () => ({ body: "in time" }) });
app.get("Streams", { handler: () => ({ body: parts() }) });
app.storageQueue("Take", { queueName: "orders", connection: "", handler: () => never });
df.app.entity("Counter", async () => never);
df.app.activity("Rest", { handler: () => never });
df.app.orchestration("Outlives", function* (context) {
  try {
    yield context.df.callEntity(new df.EntityId("Counter", "a"), "add");
  } catch (error) {
    try {
      yield context.df.callActivity("Rest");
    } catch (rest) {
      return [error.message, rest.message];
    }
  }
});
`;

const said = (name: string) =>
  new RegExp(
    `Timeout value of 2 s was exceeded by function: Functions\\.${name}\\. .*"functionTimeout" of host\\.json \\("-1": no limit\\)`,
  );

/** Each of a function that only waits, for ever. */
export function testFunctionTimeout(isStreamed: boolean): void {
  test(`functionTimeout ends every call of a function that only waits: HTTP (${isStreamed ? "streamed" : "whole"}), messages, operations, activities; not what an orchestrator waits for`, async () => {
    const folder = azureFolder({ files: { "src/all.js": APP(isStreamed) }, host: { version: "2.0", functionTimeout: LIMIT } });
    await using app = await openAzureThreads(folder, {});
    const run = await app.client.startNew("Outlives");
    const queue = app.threads.info.triggers.find((trigger) => trigger.kind === "queue");
    const inputs = { [queue?.binding ?? ""]: { kind: "string", text: "one" } } as const;
    const id = nodeCrypto().randomUUID();
    const taken = app.threads.invoke({ kind: "trigger", id, name: "Take", inputs, metadata: {}, retry: null });
    const [waited, inTime, streamed] = await Promise.all([app.fetch("Waits"), app.fetch("Answers"), app.fetch("Streams")]);
    assert.deepEqual([inTime.status, await inTime.text()], [200, "in time"]);
    assert.equal(waited.status, 500);
    assert.match(await waited.text(), /^\{"Message":"The HTTP function/);
    assert.equal(streamed.status, isStreamed ? 200 : 500);
    if (isStreamed) await assert.rejects(streamed.text(), "it was cut off");
    const failures = app.events("http.functionFailed");
    for (const name of ["Waits", "Streams"]) {
      const failure = failures.find(({ fields }) => fields.function === name);
      assert.match(String(failure?.fields.error), said(name));
    }
    const answer = await taken;
    assert.match(answer.kind === "failed" ? answer.failure.message : answer.kind, said("Take"));
    const output = (await run.result()) as readonly string[];
    assert.match(output[0] ?? "", said("Counter"));
    assert.match(output[1] ?? "", said("Rest"));
    const ended = app.said.filter(({ message: text }) => /^Executed 'Functions\.(Waits|Streams|Take|Counter|Rest)' \(Failed/.test(text));
    assert.equal(ended.length, 5);
  });
}
