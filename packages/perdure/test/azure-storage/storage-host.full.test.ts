import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import type { QueueTrigger } from "../../src/app-threads/guest.ts";
import { DEFAULT_TRIGGER_SETTINGS } from "../../src/azure/triggers/trigger-settings.ts";
import { CliProcess } from "../../src/cli/testing/spawn-cli.ts";
import { until } from "../../src/process/testing/until.ts";
import { AzureHost } from "../azure/testing/azure-host.ts";
import { hostedTest } from "./bindings.testsuite.ts";
import { AppFolder, NOTE } from "./testing/app-folder.ts";
import type { Azurite } from "./testing/azurite.ts";
import { startAzurite } from "./testing/azurite.ts";
import { Line } from "./testing/line.ts";
import { rig, stopAll } from "./testing/rig.ts";

const LIMIT_MS = 60_000;
const CODE = `${NOTE}
const { app, input, output } = require("@azure/functions");
const connection = "";
const place = process.pid;
const results = output.storageBlob({ path: "results/{folder}-{name}.{ext}", connection });
const many = output.storageQueue({ queueName: "many", connection });
const one = output.storageBlob({ path: "one/{id}.json", connection });
const wrong = output.storageBlob({ path: "No-Such_Container/x", connection });
app.storageQueue("Work", {
  queueName: "work", connection,
  handler: async (message, { triggerMetadata }) => {
    note("begin", message.id, triggerMetadata.dequeueCount, place);
    await pause(message.ms ?? 0);
    if (message.fails) throw new Error("no");
    note("end", message.id, triggerMetadata.dequeueCount, place);
  },
});
const late = output.storageQueue({ queueName: "late", connection });
app.storageQueue("Slow", {
  queueName: "slow", connection, extraOutputs: [late],
  handler: async (message, context) => {
    await pause(message.ms);
    context.extraOutputs.set(late, message.says);
    note("slow", context.triggerMetadata.dequeueCount);
  },
});
app.storageBlob("Copy", {
  path: "incoming/{folder}/{name}.{ext}", connection, return: results,
  handler: (blob, { triggerMetadata }) => {
    const { folder, name, ext } = triggerMetadata;
    note("blob", folder + "/" + name + "." + ext, blob.length);
    if (name === "bad") throw new Error("unreadable");
    return blob;
  },
});
app.timer("Once", { schedule: "0 0 0 1 1 *", runOnStartup: true, handler: () => note("once") });
app.timer("Daily", { schedule: "%DAILY%", handler: (timer) => note("daily", timer.isPastDue) });
app.http("Send", {
  route: "send/{id}", extraInputs: [], extraOutputs: [many, one],
  handler: (request, context) => {
    const kinds = { list: [{ n: 1 }, "two", 3], object: { n: 1 }, text: "text", bytes: Buffer.from("bytes"), nothing: undefined, none: [] };
    context.extraOutputs.set(many, kinds[request.params.id]);
    context.extraOutputs.set(one, { id: request.params.id });
    return { status: 202 };
  },
});
app.http("Wrong", { extraOutputs: [wrong], handler: (_, context) => (context.extraOutputs.set(wrong, "x"), { status: 202 }) });
`;

let azurite: Azurite;
before(async () => {
  azurite = await startAzurite();
});
after(async () => {
  await stopAll();
  await azurite.stop();
});

const HOST = {
  extensions: {
    queues: { batchSize: 2, newBatchThreshold: 1, maxDequeueCount: 2, maxPollingInterval: "00:00:00.200" },
    blobs: { poisonBlobThreshold: 2 },
  },
};
const NEVER = "0 0 0 1 1 *";
const appFolder = () => new AppFolder({ files: { "src/app.js": CODE }, host: HOST });
const start = (folder: AppFolder, args: readonly string[] = [], more: NodeJS.ProcessEnv = { DAILY: NEVER }) =>
  AzureHost.start(".", folder.path, args, { AzureWebJobsStorage: azurite.connection, NOTES: folder.notes, ...more });
const queueNamed = (name: string) => QueueServiceClient.fromConnectionString(azurite.connection).getQueueClient(name);
const container = (name: string) => BlobServiceClient.fromConnectionString(azurite.connection).getContainerClient(name);
const base64 = (text: string) => Buffer.from(text).toString("base64");
async function put(queue: string, value: object): Promise<void> {
  await queueNamed(queue).createIfNotExists();
  await queueNamed(queue).sendMessage(base64(JSON.stringify(value)));
}
async function textsOf(name: string): Promise<readonly string[]> {
  if (!(await queueNamed(name).exists())) return [];
  const { receivedMessageItems } = await queueNamed(name).receiveMessages({ numberOfMessages: 32, visibilityTimeout: 1 });
  return receivedMessageItems.map(({ messageText }) => Buffer.from(messageText, "base64").toString());
}
const upload = (name: string, content: string | Buffer) =>
  container("incoming").getBlockBlobClient(name).upload(content, Buffer.byteLength(content));

test("two workers: each message once, as many at once as host.json says, poison by count and by encoding; a timer that runs at the start runs once", async () => {
  using folder = appFolder();
  await using host = await start(folder, ["--workers", "2"]);
  for (let id = 0; id < 20; id++) await put("work", { id, ms: 200 });
  await put("work", { id: 100, fails: true });
  await queueNamed("work").sendMessage("not base64!");
  await folder.noted("end", 20);
  await host.printed(/"event":"trigger\.poison".*it is not in base64/);
  await host.printed(/"event":"trigger\.poison".*its function failed/);
  const lines = folder.lines().map((line) => line.split(" "));
  const begun = lines.filter(([what]) => what === "begin").map(([, id]) => Number(id));
  assert.deepEqual(
    begun.filter((id) => id < 100).sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, id) => id),
  );
  assert.equal(begun.filter((id) => id === 100).length, 2);
  const places = new Set(lines.filter(([what]) => what === "begin").map(([, , , place]) => place));
  assert.equal(places.size, 2);
  for (const place of places) {
    let open = 0;
    const own = lines.filter(([what, id, , where]) => (what === "begin" || what === "end") && where === place && id !== "100");
    assert.ok(Math.max(...own.map(([what]) => (what === "begin" ? ++open : open--))) <= 3);
  }
  assert.equal(lines.filter(([what]) => what === "once").length, 1);
  assert.equal(await host.stopped(), 0);
});

test("a message whose function takes longer than functionTimeout has failed: it comes again, and is poison then; what the function sends afterwards does not leave", async () => {
  using folder = appFolder();
  await using host = await start(folder, ["--store", "memory:"], { DAILY: NEVER, AzureFunctionsJobHost__functionTimeout: "00:00:02" });
  await put("slow", { ms: 10, says: "in time" });
  await folder.noted("slow 1");
  await until("the output", async () => (await textsOf("late")).length > 0, LIMIT_MS);
  await put("slow", { ms: 3_500, says: "late" });
  await host.printed(/"event":"trigger\.failed".*Timeout value of 2 s was exceeded by function: Functions\.Slow/);
  await host.printed(/"event":"trigger\.poison".*its function failed/);
  await folder.noted("slow", 3);
  assert.equal(await host.stopped(), 0);
  const sent = await until("the output once more", async () => (await textsOf("late")).join() || null, LIMIT_MS);
  assert.match(sent, /^in time(?:,in time)*$/);
});

test("blobs: a container that comes later, expressions, a large one, a new version, poison; over two workers and a restart each version once", async () => {
  using folder = appFolder();
  {
    await using host = await start(folder, ["--workers", "2"]);
    await container("incoming").create();
    await upload("a/one.txt", "1");
    await upload("a/b c/ü#%?.txt", "22");
    await upload("x/large.bin", Buffer.alloc(40_000_000, "abcdefgh"));
    await upload("not-matching", "0");
    await upload("x/bad.txt", "bad");
    await folder.noted("blob a/one.txt 1");
    await folder.noted("blob a/b c/ü#%?.txt 2");
    await folder.noted("blob x/large.bin 40000000");
    await upload("a/one.txt", "new");
    await folder.noted("blob a/one.txt 3");
    await folder.noted("blob x/bad.txt", 2);
    await host.printed(/"event":"trigger\.poison"/);
    assert.equal(await host.stopped(), 0);
  }
  await using host = await start(folder);
  await upload("a/last.txt", "4444");
  await folder.noted("blob a/last.txt 4");
  const blobs = folder.lines().filter((line) => line.startsWith("blob"));
  assert.equal(blobs.length, 7, blobs.join("\n"));
  const large = await container("results").getBlockBlobClient("x-large.bin").downloadToBuffer();
  assert.ok(large.equals(Buffer.alloc(40_000_000, "abcdefgh")));
  const poison = (await textsOf("webjobs-blobtrigger-poison")).map((text) => JSON.parse(text).BlobName);
  assert.deepEqual(poison, ["x/bad.txt"]);
  assert.equal(await host.stopped(), 0);
});

test("outputs of an HTTP function: lists, objects, texts, bytes and nothing; one that cannot leave is an error of the call", async () => {
  using folder = appFolder();
  await using host = await start(folder, ["--store", "memory:"]);
  for (const id of ["list", "object", "text", "bytes", "nothing", "none"]) {
    assert.equal((await fetch(`${host.url}/api/send/${id}`)).status, 202);
    const blob = await container("one").getBlockBlobClient(`${id}.json`).downloadToBuffer();
    assert.equal(blob.toString(), JSON.stringify({ id }));
  }
  assert.deepEqual((await textsOf("many")).toSorted(), ['{"n":1}', '{"n":1}', "3", "bytes", "text", "two"].toSorted());
  assert.equal((await fetch(`${host.url}/api/Wrong`)).status, 500);
  await host.printed(/The HTTP function \\"Wrong\\" failed/);
});

test("a timer that was due while the host was down runs at its next start, once over two workers, and is told so", async () => {
  using folder = appFolder();
  const due = new Date(Date.now() + 15_000);
  const DAILY = `${due.getUTCSeconds()} ${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
  {
    await using host = await start(folder, [], { DAILY });
    await folder.noted("once");
    assert.equal(await host.stopped(), 0);
  }
  assert.ok(Date.now() < due.getTime());
  await new Promise((resolve) => setTimeout(resolve, due.getTime() - Date.now() + 11_000));
  await using host = await start(folder, ["--workers", "2"], { DAILY });
  await folder.noted("daily");
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  assert.deepEqual(
    folder.lines().filter((line) => line.startsWith("daily")),
    ["daily true"],
  );
  assert.equal(await host.stopped(), 0);
});

test("a worker that is killed while it works on a message: another has it after a minute; one that works for longer than that keeps its own", async () => {
  using folder = appFolder();
  await using host = await start(folder, ["--workers", "2"]);
  await put("work", { id: "kept", ms: 75_000 });
  await folder.noted("begin kept 1");
  await put("work", { id: "left", ms: 100_000 });
  await folder.noted("begin left 1");
  const placeOf = (id: string) =>
    Number(
      folder
        .lines()
        .find((line) => line.startsWith(`begin ${id} 1`))
        ?.split(" ")[3],
    );
  const isShared = placeOf("kept") === placeOf("left");
  process.kill(placeOf("left"), "SIGKILL");
  await until("the second attempt", () => folder.lines().some((line) => line.startsWith("begin left 2")), 120_000);
  if (!isShared) {
    await until("the end of the other", () => folder.lines().some((line) => line.startsWith("end kept 1")), 120_000);
    assert.equal(folder.lines().filter((line) => line.startsWith("begin kept")).length, 1);
  }
  assert.ok(host.output.length > 0);
});

test("a line that is cut for longer than the attempts of the client, but not as long as a message is hidden: no other worker gets it", async () => {
  const port = Number(/QueueEndpoint=http:\/\/127\.0\.0\.1:(\d+)/.exec(azurite.connection)?.[1]);
  await using line = await Line.open(port);
  await put("cut", { id: 1 });
  const spec: QueueTrigger = { kind: "queue", name: "Take", binding: "message", queueName: "cut", connection: "Orders" };
  const settings = { queues: { ...DEFAULT_TRIGGER_SETTINGS.queues, longestPauseMs: 100, hiddenMs: 8_000 } };
  const done = Promise.withResolvers<void>();
  const byLine = azurite.connection.replace(`:${port}/`, `:${line.port}/`);
  const cut = rig({ specs: [spec], variables: { Orders: byLine }, settings, run: () => done.promise });
  cut.triggers.start();
  await until("the message", () => cut.calls.length === 1, LIMIT_MS);
  const other = rig({ specs: [spec], variables: { Orders: azurite.connection }, settings });
  other.triggers.start();
  line.cut();
  await new Promise((resolve) => setTimeout(resolve, 6_500));
  line.isCut = false;
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  done.resolve();
  await Promise.all([cut.triggers.stop(), other.triggers.stop()]);
  assert.deepEqual([cut.calls.length, other.calls.length], [1, 0]);
});

test("what is missing is said in one line before anything starts", async () => {
  const refused = async (options: ConstructorParameters<typeof AppFolder>[0], env: NodeJS.ProcessEnv) => {
    using folder = new AppFolder(options);
    await using host = new CliProcess(["start", ".", "--port", "0", "--store", "memory:"], folder.path, env);
    const code = await host.exited;
    assert.notEqual(code, 0);
    return host.output;
  };
  const files = {
    "src/app.js": `require("@azure/functions").app.storageQueue("Take", { queueName: "work", connection: "Store", handler() {} });`,
  };
  const Store = azurite.connection;
  assert.match(
    await refused({ files }, {}),
    /The function "Take" has a queue trigger, and there is no setting "Store" with its connection string/,
  );
  assert.match(
    await refused({ files }, { Store: "x" }),
    /The function "Take" has a queue trigger that cannot be used: its connection string was refused/,
  );
  assert.match(
    await refused({ files }, { Store__queueServiceUri: "https://nowhere.queue.core.windows.net" }),
    /for which the package @azure\/identity is needed; .* npm install @azure\/identity/,
  );
  const bus = { "src/app.js": files["src/app.js"].replace("storageQueue", "serviceBusQueue") };
  assert.match(
    await refused({ files: bus }, { Store }),
    /The function "Take" has a Service Bus trigger that cannot be used: its connection string was refused/,
  );
});

hostedTest(() => azurite, process.env);
