import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { FunctionBindings } from "../../src/azure/bindings/function-bindings.ts";
import type { RpcRequest } from "../../src/azure/guest/core-types.ts";
import type { LoadedAzureApp } from "../../src/azure/guest/load-azure-app.ts";
import { loadAzureApp } from "../../src/azure/guest/load-azure-app.ts";
import { until } from "../../src/process/testing/until.ts";
import { AzureHost } from "../azure/testing/azure-host.ts";
import { AppFolder } from "./testing/app-folder.ts";
import type { Azurite } from "./testing/azurite.ts";

const CODE = `
const { app, input, output } = require("@azure/functions");
const from = input.storageBlob({ path: "texts/{file}.txt", connection: "Store" });
const queue = output.storageQueue({ queueName: "out-%WHERE%", connection: "Store" });
const blob = output.storageBlob({ path: "results/{kind}/{id}.json", connection: "Store" });
app.storageQueue("Copy", {
  queueName: "in", connection: "Store", extraInputs: [from], extraOutputs: [queue], return: blob,
  handler: (message, context) => {
    if (message.fails) throw new Error("no");
    const text = context.extraInputs.get(from);
    context.extraOutputs.set(queue, [{ order: 1 }, "two"]);
    return { text: text === undefined ? null : text.toString() };
  },
});
app.http("Raw", { extraOutputs: [queue], handler: (request, context) => void context.extraOutputs.set(queue, Buffer.from([0, 255, 254, 65])) });
app.http("Ask", {
  route: "ask/{file}", extraInputs: [from], extraOutputs: [queue],
  handler: (request, context) => ({ body: context.extraInputs.get(from) }),
});
`;

let connection = "";
let app: LoadedAzureApp;

/** An app that has installed the clients of storage. */
const storageFolder = (files: { readonly [path: string]: string }, host: object = {}) =>
  new AppFolder({ files, host, clients: ["storage-blob", "storage-queue"] });

/** Loads the app; to be called once in a process. */
async function loadApp({ connection: given }: Azurite): Promise<{ readonly path: string; [Symbol.dispose](): void }> {
  const folder = storageFolder({ "src/app.js": CODE });
  connection = given;
  const settings = { folder: folder.path, isModule: false, variables: variables(), disabled: [], only: null };
  app = await loadAzureApp([join(folder.path, "src/app.js")], settings, () => {});
  return folder;
}

const variables = () => ({ Store: connection, WHERE: "bern" });
let folder = "";
const bindingsOf = (more: { readonly [name: string]: string } = {}) =>
  new FunctionBindings({ functions: app.table.functions, folder, variables: { ...variables(), ...more }, queueEncoding: "base64" });

/** As the guest calls a function. */
async function call(bindings: FunctionBindings, name: string, data: RpcRequest["inputData"][number]["data"]): Promise<unknown> {
  const fn = app.table.named(name);
  const { model } = app.core;
  assert.ok(fn !== null && model !== null);
  const given = { inputData: [{ name: fn.trigger, data }], triggerMetadata: {} };
  const request: RpcRequest = {
    ...{ invocationId: "1", functionId: fn.id, ...given },
    inputData: [...given.inputData, ...(await bindings.inputs(fn, given))],
  };
  const invocation = model.getInvocationModel({ invocationId: "1", request, metadata: fn.metadata, state: "invocation", log: () => {} });
  const { context, inputs } = await invocation.getArguments();
  const result = await invocation.invokeFunction(context, inputs, fn.callback);
  const response = await invocation.getResponse(context, result);
  await bindings.send(fn, request, response);
  return response;
}

const container = (name: string) => BlobServiceClient.fromConnectionString(connection).getContainerClient(name);

async function messagesOf(name: string): Promise<string[]> {
  const queue = QueueServiceClient.fromConnectionString(connection).getQueueClient(name);
  if (!(await queue.exists())) return [];
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
  return receivedMessageItems.map(({ messageText }) => Buffer.from(messageText, "base64").toString());
}

/** Bindings beside the trigger, with the unmodified `@azure/functions`. */
export function bindingTests(azurite: () => Azurite): void {
  let loaded: Promise<{ readonly path: string; [Symbol.dispose](): void }> | null = null;
  const ready = async () => {
    loaded ??= loadApp(azurite());
    folder = (await loaded).path;
  };
  after(async () => (await loaded)?.[Symbol.dispose]());

  test("a blob is read before the call by what the message says, and outputs leave after it: a list is as many messages; a failed call sends none", async () => {
    await ready();
    const bindings = bindingsOf();
    await container("texts").create();
    await container("texts").getBlockBlobClient("a.txt").upload("hello", 5);
    const message = (value: object) => ({ string: JSON.stringify(value) });
    await assert.rejects(call(bindings, "Copy", message({ file: "a", kind: "x", id: 1, fails: true })), /no/);
    assert.deepEqual(await messagesOf("out-bern"), []);
    await call(bindings, "Copy", message({ file: "a", kind: "x", id: 1 }));
    await call(bindings, "Copy", message({ file: "absent", kind: "x", id: 2 }));
    assert.deepEqual((await messagesOf("out-bern")).sort(), ["two", "two", '{"order":1}', '{"order":1}']);
    const results = await Promise.all(
      [1, 2].map(async (id) => (await container("results").getBlockBlobClient(`x/${id}.json`).downloadToBuffer()).toString()),
    );
    assert.deepEqual(results, ['{"text":"hello"}', '{"text":null}']);
  });

  test("bytes that a function sends to a queue are the bytes of the message", async () => {
    await ready();
    await container("texts").createIfNotExists();
    await call(bindingsOf({ WHERE: "bytes" }), "Raw", {
      http: { method: "GET", url: "http://localhost/api/raw", headers: {}, query: {}, params: {} },
    });
    const { receivedMessageItems } = await QueueServiceClient.fromConnectionString(connection)
      .getQueueClient("out-bytes")
      .receiveMessages();
    assert.deepEqual(
      receivedMessageItems.map(({ messageText }) => [...Buffer.from(messageText, "base64")]),
      [[0, 255, 254, 65]],
    );
  });

  test("an HTTP function reads a blob by its route", async () => {
    await ready();
    await container("texts").createIfNotExists();
    await container("texts").getBlockBlobClient("b.txt").upload("by route", 8);
    const http = { method: "GET", url: "http://localhost/api/ask/b", headers: {}, query: {}, params: { file: "b" } };
    const response = (await call(bindingsOf(), "Ask", { http })) as {
      readonly returnValue: { readonly http: { readonly body: { readonly bytes: Uint8Array } } };
    };
    assert.equal(Buffer.from(response.returnValue.http.body.bytes).toString(), "by route");
  });

  test("an expression for which the call has nothing fails it, and says what there is", async () => {
    await ready();
    await assert.rejects(call(bindingsOf(), "Copy", { string: '{"kind":"x","id":3}' }), {
      code: "BINDING_UNUSABLE",
      message:
        /"Copy" has a blob input that cannot be used: this call has nothing for \{file\} of "texts\/\{file\}\.txt"; it has \{kind\}, \{id\}/,
    });
  });

  test("a package that is missing and a setting that is missing are said before anything starts", async () => {
    await ready();
    assert.throws(() => bindingsOf({ Store: "" }), { code: "CONNECTION_MISSING", message: /"Copy" has a .* no setting "Store"/ });
    assert.throws(() => bindingsOf({ Store: "nonsense" }), { code: "BINDING_UNUSABLE", message: /its connection string was refused/ });
  });
}

const HOSTED = `
const { app, input, output } = require("@azure/functions");
const df = require("durable-functions");
const done = output.storageQueue({ queueName: "done-{instanceId}", connection: "" });
const file = input.storageBlob({ path: "hosted-files/{id}.json", connection: "" });
df.app.orchestration("Order", function* (context) {
  return yield context.df.callActivity("Confirm", context.df.getInput());
});
df.app.activity("Confirm", {
  extraInputs: [file], extraOutputs: [done],
  handler: (order, context) => {
    context.extraOutputs.set(done, order.id + " " + order.bytes + " " + context.extraInputs.get(file));
    return order.id;
  },
});
app.storageQueue("Take", {
  queueName: "hosted-orders", connection: "", extraInputs: [df.input.durableClient()],
  handler: (order, context) => df.getClient(context).startNew("Order", { instanceId: "order-" + order.id, input: order }),
});
app.storageBlob("Upload", {
  path: "hosted-files/{name}.json", connection: "", return: output.storageQueue({ queueName: "hosted-orders", connection: "" }),
  handler: (blob, context) => ({ id: context.triggerMetadata.name, bytes: blob.length }),
});
`;

/** The whole way, in a host of its own. */
export function hostedTest(azurite: () => Azurite, environment: NodeJS.ProcessEnv): void {
  test("perdure start: a blob becomes a message, the message an orchestration, and its activity sends one", async () => {
    using app = storageFolder({ "src/app.js": HOSTED }, { extensions: { queues: { maxPollingInterval: "00:00:00.100" } } });
    const { connection: AzureWebJobsStorage } = azurite();
    connection = AzureWebJobsStorage;
    await using host = await AzureHost.start(app.path, app.path, ["--store", "memory:"], { ...environment, AzureWebJobsStorage });
    await container("hosted-files").create();
    await container("hosted-files").getBlockBlobClient("a.json").upload('{"n":1}', 7);
    const sent = await until("the message", async () => (await messagesOf("done-order-a"))[0], 60_000);
    assert.equal(sent, 'a 7 {"n":1}');
    assert.equal(await host.stopped(), 0);
  });
}
