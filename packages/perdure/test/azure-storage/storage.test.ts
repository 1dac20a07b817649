import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import type { BlobTrigger, QueueTrigger, TriggerInvocation, TriggerSpec } from "../../src/app-threads/guest.ts";
import { DEFAULT_TRIGGER_SETTINGS } from "../../src/azure/triggers/trigger-settings.ts";
import { until } from "../../src/process/testing/until.ts";
import { bindingTests } from "./bindings.testsuite.ts";
import { AppFolder } from "./testing/app-folder.ts";
import type { Azurite } from "./testing/azurite.ts";
import { startAzurite } from "./testing/azurite.ts";
import { inputOf, metadataOf, rig, stopAll } from "./testing/rig.ts";

const LIMIT_MS = 30_000;

let azurite: Azurite;
before(async () => {
  azurite = await startAzurite();
});
after(async () => {
  await stopAll();
  await azurite.stop();
});

const queueSettings = { ...DEFAULT_TRIGGER_SETTINGS.queues, longestPauseMs: 100 };
const trigger = (queueName: string, name = "Take"): QueueTrigger => ({
  kind: "queue",
  name,
  binding: "message",
  queueName,
  connection: "Orders",
});
const variables = () => ({ Orders: azurite.connection });
const queueNamed = (name: string) => QueueServiceClient.fromConnectionString(azurite.connection).getQueueClient(name);
const base64 = (text: string) => Buffer.from(text).toString("base64");

async function filled(name: string, texts: readonly string[]) {
  const queue = queueNamed(name);
  await queue.createIfNotExists();
  for (const text of texts) await queue.sendMessage(base64(text));
  return queue;
}

const lengthOf = async (name: string) => (await queueNamed(name).getProperties()).approximateMessagesCount ?? 0;

test("each message of a queue calls the function once, with what the queue knows about it, over two workers; then it is deleted", async () => {
  const texts = Array.from({ length: 20 }, (_, at) => JSON.stringify({ order: at, place: "Bern" }));
  await filled("orders", texts);
  const workers = [1, 2].map(() => rig({ specs: [trigger("orders")], variables: variables(), settings: { queues: queueSettings } }));
  for (const { triggers } of workers) triggers.start();
  const calls = () => workers.flatMap((worker) => worker.calls);
  await until("all messages", () => calls().length >= texts.length, LIMIT_MS);
  await Promise.all(workers.map(({ triggers }) => triggers.stop()));
  assert.deepEqual(calls().map(inputOf).sort(), [...texts].sort());
  const [call] = calls();
  assert.ok(call !== undefined);
  assert.deepEqual(Object.keys(call.inputs), ["message"]);
  assert.equal(metadataOf(call, "DequeueCount"), 1);
  assert.equal(metadataOf(call, "place"), "Bern");
  assert.equal(metadataOf(call, "QueueTrigger"), inputOf(call));
  assert.match(String(metadataOf(call, "InsertionTime")), /^\d{4}-.*Z$/);
  assert.equal(await lengthOf("orders"), 0);
});

test("a message whose function throws comes again, and goes to the poison queue after maxDequeueCount attempts, as it was sent", async () => {
  await filled("bad", ["one"]);
  const settings = { queues: { ...queueSettings, maxDequeueCount: 3 } };
  const run = () => {
    throw new Error("no such order");
  };
  const { triggers, calls, lines } = rig({ specs: [trigger("bad")], variables: variables(), settings, run });
  triggers.start();
  await until("poison", () => lines.some(({ event }) => event === "trigger.poison"), LIMIT_MS);
  await triggers.stop();
  assert.deepEqual(
    calls.map((call) => metadataOf(call, "DequeueCount")),
    [1, 2, 3],
  );
  const { receivedMessageItems } = await queueNamed("bad-poison").receiveMessages();
  assert.deepEqual(
    receivedMessageItems.map(({ messageText }) => messageText),
    [base64("one")],
  );
  assert.equal(await lengthOf("bad"), 0);
  assert.match(
    lines.find(({ event }) => event === "trigger.failed")?.message ?? "",
    /The queue "bad" of the function "Take" .*Error: no such order/,
  );
});

test("a function that takes longer than its message is hidden keeps it: no other worker gets it", async () => {
  await filled("slow", ["one"]);
  const settings = { queues: { ...queueSettings, hiddenMs: 1_000 } };
  const done = Promise.withResolvers<void>();
  const workers = [1, 2].map(() => rig({ specs: [trigger("slow")], variables: variables(), settings, run: () => done.promise }));
  for (const { triggers } of workers) triggers.start();
  await new Promise((resolve) => setTimeout(resolve, 2_500)); // the time of the emulator is the real one
  done.resolve();
  await Promise.all(workers.map(({ triggers }) => triggers.stop()));
  assert.equal(workers.flatMap(({ calls }) => calls).length, 1);
  assert.equal(await lengthOf("slow"), 0);
});

test("a queue that does not exist is empty; a message that is not in base64 is poison at once, unless texts are not encoded", async () => {
  const { triggers, calls, lines } = rig({ specs: [trigger("late")], variables: variables(), settings: { queues: queueSettings } });
  triggers.start();
  const queue = await filled("late", ["here"]);
  await until("the message", () => calls.length === 1, LIMIT_MS);
  await queue.sendMessage("not base64!");
  await until("poison", () => lines.length > 0, LIMIT_MS);
  await triggers.stop();
  assert.match(lines[0]?.message ?? "", /moved to the poison queue at attempt 1: it is not in base64/);
  await queue.sendMessage("not base64!");
  const plain = rig({ specs: [trigger("late")], variables: variables(), settings: { queues: { ...queueSettings, encoding: "none" } } });
  plain.triggers.start();
  await until("the message", () => plain.calls.length === 1, LIMIT_MS);
  await plain.triggers.stop();
  assert.deepEqual(plain.calls.map(inputOf), ["not base64!"]);
});

test("a missing client and a missing connection are errors of the start that name function, binding and what to do", () => {
  const specs = [trigger("orders")];
  assert.throws(() => rig({ specs, variables: {} }), {
    code: "CONNECTION_MISSING",
    message: /The function "Take" has a queue trigger, and there is no setting "Orders"/,
  });
  assert.throws(() => rig({ specs, variables: { Orders: "nothing" } }), {
    code: "BINDING_UNUSABLE",
    message: /its connection string was refused/,
  });
});

test("a message that another reader has when its function ends is said to be lost, and nothing else is", async () => {
  const queue = await filled("stolen", ["one"]);
  const { triggers, lines } = rig({
    ...{ specs: [trigger("stolen")], variables: variables(), settings: { queues: queueSettings } },
    run: async (call) => {
      // As another reader after its time was over: the receipt of the first is no longer the last one.
      await queue.updateMessage(String(metadataOf(call, "Id")), String(metadataOf(call, "PopReceipt")), undefined, 60);
    },
  });
  triggers.start();
  await until("the line", () => lines.length > 0, LIMIT_MS);
  await triggers.stop();
  assert.deepEqual(
    lines.map(({ event }) => event),
    ["trigger.message-lost"],
  );
});

test("the name of a queue counts in lower case, as queues have it; one that no queue can have is an error of the start", async () => {
  await filled("mixed-case", ["one"]);
  const { triggers, calls } = rig({ specs: [trigger("Mixed-Case")], variables: variables(), settings: { queues: queueSettings } });
  triggers.start();
  await until("the message", () => calls.length === 1, LIMIT_MS);
  await triggers.stop();
  for (const name of ["", "a_b", "ab", "double--dash"]) {
    assert.throws(() => rig({ specs: [trigger(name)], variables: variables() }), {
      code: "BINDING_UNUSABLE",
      message:
        /"Take" has a queue trigger that cannot be used: its queueName is "[^"]*"; a queue has 3 to 63 letters, digits and single dashes/,
    });
  }
});

const IDENTITY = `
exports.asked = [];
const credential = (kind) => class {
  constructor(...given) { this.given = given; }
  async getToken(scopes) { exports.asked.push({ kind, given: this.given, scopes }); throw new Error("no token here"); }
};
exports.DefaultAzureCredential = credential("default");
exports.ManagedIdentityCredential = credential("managed");
exports.ClientSecretCredential = credential("secret");
`;

test("settings below the name of a connection: the client of the service gets an address and a credential of @azure/identity", async () => {
  const specs = [trigger("orders")];
  const Orders__queueServiceUri = "https://nowhere.queue.core.windows.net";
  assert.throws(() => rig({ specs, variables: { Orders__queueServiceUri } }), {
    code: "AZURE_CLIENT_MISSING",
    message: /"Take" has a queue trigger, for which the package @azure\/identity is needed/,
  });
  using app = new AppFolder({ files: { "node_modules/@azure/identity/index.js": IDENTITY } });
  const { asked } = createRequire(join(app.path, "x.js"))("@azure/identity") as { readonly asked: readonly { readonly kind: string }[] };
  const askedWith = async (spec: TriggerSpec, given: { readonly [name: string]: string }) => {
    const before = asked.length;
    const { triggers, lines } = rig({ specs: [spec], variables: given, folder: app.path });
    triggers.start();
    await until("the line", () => lines.length > 0, LIMIT_MS);
    await triggers.stop();
    return asked[before];
  };
  const scopes = "https://storage.azure.com/.default";
  assert.deepEqual(await askedWith(trigger("orders"), { Orders__queueServiceUri }), { kind: "default", given: [{}], scopes: [scopes] });
  const managed = { Orders__accountName: "nowhere", Orders__credential: "managedidentity", Orders__clientId: "me" };
  assert.deepEqual(await askedWith(trigger("orders"), managed), { kind: "managed", given: [{ clientId: "me" }], scopes: [scopes] });
  const secret = { AzureWebJobsStorage__tenantId: "t", AzureWebJobsStorage__clientId: "c", AzureWebJobsStorage__clientSecret: "s" };
  const both = { ...secret, AzureWebJobsStorage__accountName: "nowhere" };
  assert.deepEqual(await askedWith(blobTrigger("samples/{name}"), both), { kind: "secret", given: ["t", "c", "s"], scopes: [scopes] });
  const bus: TriggerSpec = {
    ...{ kind: "serviceBus", name: "Bus", binding: "b", source: { queue: "q" }, connection: "Bus" },
    ...{ isSessionsEnabled: false, isMany: false, autoComplete: true },
  };
  rig({ specs: [bus], variables: { Bus__fullyQualifiedNamespace: "nowhere.servicebus.windows.net" }, folder: app.path });
});

const blobTrigger = (path: string, name = "OnBlob"): BlobTrigger => ({ kind: "blob", name, binding: "blob", path, connection: "" });
const blobVariables = () => ({ AzureWebJobsStorage: azurite.connection });
const fastBlobs = { blobs: { ...DEFAULT_TRIGGER_SETTINGS.blobs, longestPauseMs: 100 } };
const contentOf = ({ inputs }: TriggerInvocation) => (inputs.blob?.kind === "bytes" ? Buffer.from(inputs.blob.bytes).toString() : null);

async function containerWith(name: string, blobs: { readonly [name: string]: string }) {
  const container = BlobServiceClient.fromConnectionString(azurite.connection).getContainerClient(name);
  await container.createIfNotExists();
  for (const [blob, text] of Object.entries(blobs)) await container.getBlockBlobClient(blob).upload(text, text.length);
  return container;
}

test("each version of a blob that fits the pattern calls the function once, over two workers and a restart", async () => {
  const container = await containerWith("samples", { "a/one.txt": "1", "a/two.jpg": "2", "empty.txt": "" });
  const worker = () => rig({ specs: [blobTrigger("samples/{name}.txt")], variables: blobVariables(), settings: fastBlobs });
  const workers = [worker(), worker()];
  for (const { triggers } of workers) triggers.start();
  const calls = () => workers.flatMap((one) => one.calls);
  await until("the blobs", () => calls().length === 2, LIMIT_MS);
  await container.getBlockBlobClient("a/one.txt").upload("new", 3);
  await until("the new version", () => calls().length === 3, LIMIT_MS);
  await Promise.all(workers.map(({ triggers }) => triggers.stop()));
  workers.push(worker());
  workers[2]?.triggers.start();
  await container.getBlockBlobClient("last.txt").upload("last", 4);
  await until("the blob after the restart", () => calls().length === 4, LIMIT_MS);
  await workers[2]?.triggers.stop();
  const seen = calls().map((call) => [metadataOf(call, "BlobTrigger"), metadataOf(call, "name"), contentOf(call)].join(" "));
  assert.deepEqual(seen.sort(), [
    "samples/a/one.txt a/one 1",
    "samples/a/one.txt a/one new",
    "samples/empty.txt empty ",
    "samples/last.txt last last",
  ]);
  assert.deepEqual(
    workers.flatMap(({ lines }) => lines),
    [],
  );
});

const NAMES = ["with space.txt", "%41 + ü é 日本.txt", "a?b#c&d=e.txt", "dots../x.txt", `quote's "and" (more).txt`];
/** With it the name of a receipt is longer than that of a blob may be. */
const LONGEST = `${"x".repeat(1_020)}.txt`;

test("names of blobs with unusual characters, and one that is as long as can be, come as they are", async () => {
  await containerWith("unusual", Object.fromEntries([LONGEST, ...NAMES].map((name) => [name, "1"])));
  const worker = () => rig({ specs: [blobTrigger("unusual/{name}.txt")], variables: blobVariables(), settings: fastBlobs });
  const { triggers, calls, lines } = worker();
  triggers.start();
  await until("the blobs", () => calls.length >= NAMES.length + 1 || lines.length > 0, LIMIT_MS);
  await triggers.stop();
  assert.deepEqual(
    lines.map(({ message }) => message),
    [],
  );
  assert.deepEqual(calls.map((call) => `${metadataOf(call, "name")}.txt`).sort(), [LONGEST, ...NAMES].sort());
  const next = worker();
  await containerWith("unusual", { "last.txt": "1" });
  next.triggers.start();
  await until("the last", () => next.calls.length > 0, LIMIT_MS);
  await next.triggers.stop();
  assert.equal(next.calls.length, 1);
  for await (const { name } of (await containerWith("azure-webjobs-hosts", {})).listBlobsFlat()) assert.ok(name.length <= 1_024, name);
});

test("a blob whose function throws is tried poisonBlobThreshold times, and is then named in the poison queue of blobs", async () => {
  await containerWith("broken", { "x.txt": "x" });
  const run = () => {
    throw new Error("unreadable");
  };
  const settings = { ...fastBlobs, blobs: { ...fastBlobs.blobs, poisonBlobThreshold: 2 } };
  const { triggers, calls, lines } = rig({ specs: [blobTrigger("broken/{name}")], variables: blobVariables(), settings, run });
  triggers.start();
  await until("poison", () => lines.some(({ event }) => event === "trigger.poison"), LIMIT_MS);
  await triggers.stop();
  assert.equal(calls.length, 2);
  const { receivedMessageItems } = await queueNamed("webjobs-blobtrigger-poison").receiveMessages();
  const [message] = receivedMessageItems.map(({ messageText }) => JSON.parse(Buffer.from(messageText, "base64").toString()));
  const { FunctionId, ContainerName, BlobName } = message;
  assert.deepEqual(
    { FunctionId, ContainerName, BlobName },
    { FunctionId: "Host.Functions.OnBlob", ContainerName: "broken", BlobName: "x.txt" },
  );
});

test("a container with an expression in its name cannot be looked through", () => {
  assert.throws(() => rig({ specs: [blobTrigger("{where}/x")], variables: blobVariables() }), {
    code: "BINDING_UNUSABLE",
    message: /"OnBlob" has a blob trigger that cannot be used: the container of its path "\{where\}\/x" must be one/,
  });
});

test("an account that is away stops these triggers only: it is said once and then ever less often, and a stop does not wait", async () => {
  const away = azurite.connection.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:1");
  const { triggers, lines } = rig({
    specs: [trigger("orders"), blobTrigger("samples/{name}")],
    variables: { Orders: away, AzureWebJobsStorage: away },
  });
  triggers.start();
  await until("the lines", () => lines.filter(({ event }) => event === "trigger.unavailable").length >= 3, LIMIT_MS);
  const began = performance.now();
  await triggers.stop();
  assert.ok(performance.now() - began < 2_000);
  assert.match(lines[0]?.message ?? "", /cannot be read: .*ECONNREFUSED.* It is tried again; everything else continues\.$/);
});

test("a message and a blob that a dead worker had taken are taken up when their time is over", async () => {
  const queue = await filled("orphans", ["one"]);
  await queue.receiveMessages({ visibilityTimeout: 1 });
  await containerWith("orphans", { "x.txt": "x" });
  const { etag = "" } = await (await containerWith("orphans", {})).getBlockBlobClient("x.txt").getProperties();
  const receipts = await containerWith("azure-webjobs-hosts", {});
  const receipt = receipts.getBlockBlobClient(`blobreceipts/testhub/Host.Functions.OnBlob/${etag.replaceAll('"', "")}/orphans/x.txt`);
  await receipt.upload("", 0); // and it died before it wrote that the blob was taken up
  const specs = [trigger("orphans"), blobTrigger("orphans/{name}")];
  const settings = { ...fastBlobs, queues: queueSettings };
  const { triggers, calls } = rig({ specs, variables: { ...variables(), ...blobVariables() }, settings });
  triggers.start();
  await until("both", () => calls.length === 2, LIMIT_MS);
  await triggers.stop();
  const queued = calls.find(({ name }) => name === "Take");
  assert.equal(queued === undefined ? null : metadataOf(queued, "DequeueCount"), 2);
  assert.ok("completed" in ((await receipt.getProperties()).metadata ?? {}));
});

// An app is loaded into this process, whose library asks for its host once: no other file shares it, since node:module is imported here.
// In a host of its own: storage-host.full.test.ts.
bindingTests(() => azurite);
