import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../../src/process/testing/until.ts";
import { AzureHost } from "../azure/testing/azure-host.ts";
import { AppFolder, NOTE } from "./testing/app-folder.ts";
import { BusBroker } from "./testing/bus-broker.ts";

const LIMIT_MS = 60_000;
const CODE = `${NOTE}
const { app, input, output } = require("@azure/functions");
const df = require("durable-functions");
const connection = "Bus";
const out = output.serviceBusQueue({ queueName: "out", connection });
const wrong = output.serviceBusQueue({ queueName: "{nowhere}", connection });
app.serviceBusQueue("Take", {
  queueName: "in", connection, return: out,
  handler: async (message, context) => {
    note("begin", message.id, context.triggerMetadata.deliveryCount);
    await pause(message.ms ?? 0);
    if (message.fails) throw new Error("no");
    note("end", message.id);
    return { taken: message.id };
  },
});
app.serviceBusTopic("News", {
  topicName: "news", subscriptionName: "all", connection, cardinality: "many",
  handler: (messages, context) => note("news", messages.map(({ id }) => id).join("+"), context.triggerMetadata.deliveryCountArray.join("+")),
});
app.serviceBusQueue("Visit", {
  queueName: "visits", connection, isSessionsEnabled: true,
  handler: async (message, context) => {
    note("visit", context.triggerMetadata.sessionId, message.id);
    await pause(150);
    note("left", context.triggerMetadata.sessionId, message.id);
  },
});
df.app.orchestration("Order", function* (context) { return yield context.df.callActivity("Send", context.df.getInput()); });
df.app.activity("Send", {
  extraOutputs: [out],
  handler: (count, context) => {
    context.extraOutputs.set(out, Array.from({ length: count }, (_, at) => ({ at, text: "x".repeat(1000) })));
    return count;
  },
});
app.http("Start", {
  route: "start/{count}", extraInputs: [df.input.durableClient()],
  handler: async (request, context) => ({ jsonBody: await df.getClient(context).startNew("Order", { instanceId: "order", input: Number(request.params.count) }) }),
});
app.http("Bytes", { extraOutputs: [out], handler: (request, context) => { context.extraOutputs.set(out, Buffer.from([0, 255, 254])); return { status: 202 }; } });
app.http("Wrong", { extraOutputs: [wrong], handler: (request, context) => { context.extraOutputs.set(wrong, "x"); return { status: 202 }; } });
`;

let broker: BusBroker;
before(async () => {
  broker = await BusBroker.start({ lockMs: 2_000, maxDeliveries: 3 });
});
after(() => broker.stop());

const serviceBus = { maxConcurrentCalls: 2, maxConcurrentSessions: 2, sessionIdleTimeout: "00:00:01", maxMessageBatchSize: 3 };
const appFolder = () => new AppFolder({ files: { "src/app.js": CODE }, host: { extensions: { serviceBus } } });
const start = (folder: AppFolder, args: readonly string[] = ["--store", "memory:"]) =>
  AzureHost.start(".", folder.path, args, { Bus: broker.connection, NOTES: folder.notes, AzureWebJobsStorage: "" });
const put = (queue: string, value: object, more = {}) => broker.put(queue, JSON.stringify(value), more);
const emptied = (queue: string) => until(`${queue} is empty`, () => broker.queue(queue).length === 0, LIMIT_MS);
const bodiesOf = (queue: string) =>
  broker.queue(queue).waiting.map(({ body }) => Buffer.from((body as { readonly content: Buffer }).content));

test("a function that runs longer than its lock, one that fails, as many at once as host.json says, and an output for each that succeeded", async () => {
  using folder = appFolder();
  await using host = await start(folder);
  put("in", { id: 1, ms: 5_000 });
  for (const id of [2, 3, 4]) put("in", { id, ms: 300 });
  put("in", { id: 5, fails: true });
  await emptied("in");
  const lines = folder.lines();
  assert.deepEqual(
    [1, 2, 3, 4].map((id) => lines.filter((line) => line === `begin ${id} 1`).length),
    [1, 1, 1, 1],
  );
  assert.deepEqual(
    lines.filter((line) => line.startsWith("begin 5")),
    ["begin 5 1", "begin 5 2", "begin 5 3"],
  );
  let open = 0;
  const most = Math.max(...lines.filter((line) => !/ 5/.test(line)).map((line) => (line.startsWith("begin") ? ++open : open--)));
  assert.equal(most, 2);
  assert.equal(broker.queue("in").dead.length, 1);
  assert.deepEqual(
    bodiesOf("out").map(String).sort(),
    [1, 2, 3, 4].map((id) => JSON.stringify({ taken: id })),
  );
  await host.printed(/"event":"trigger\.failed".*Error: no/);
  assert.equal(await host.stopped(), 0);
});

test("messages of a topic come as lists, and sessions keep their order beside each other", async () => {
  using folder = appFolder();
  await using host = await start(folder);
  for (const id of [1, 2, 3, 4]) put("news/Subscriptions/all", { id });
  for (const id of [1, 2, 3]) for (const group of ["a", "b", "c"]) put("visits", { id }, { group });
  await Promise.all([emptied("news/Subscriptions/all"), emptied("visits")]);
  const lines = folder.lines();
  const news = lines.filter((line) => line.startsWith("news")).map((line) => line.split(" ")[1] ?? "");
  assert.deepEqual(news.join("+").split("+").sort(), ["1", "2", "3", "4"]);
  assert.ok(news.every((ids) => ids.split("+").length <= 3));
  for (const group of ["a", "b", "c"]) {
    const own = lines.filter((line) => line.split(" ")[1] === group && /^visit|^left/.test(line));
    assert.deepEqual(
      own,
      [1, 2, 3].flatMap((id) => [`visit ${group} ${id}`, `left ${group} ${id}`]),
    );
  }
  let open = 0;
  const visits = lines.filter((line) => /^visit|^left/.test(line));
  assert.equal(Math.max(...visits.map((line) => (line.startsWith("visit") ? ++open : open--))), 2);
  assert.equal(await host.stopped(), 0);
});

test("an activity sends more than one batch takes; bytes stay bytes; an output that cannot leave is an error of the call", async () => {
  using folder = appFolder();
  await using host = await start(folder);
  const sent = broker.queue("out").length;
  await fetch(`${host.url}/api/start/600`);
  assert.equal((await host.ended(`${host.management}/instances/order`)).output, 600);
  assert.equal(broker.queue("out").length - sent, 600);
  assert.equal((await fetch(`${host.url}/api/Bytes`)).status, 202);
  assert.deepEqual([...(bodiesOf("out").at(-1) ?? [])], [0, 255, 254]);
  assert.equal((await fetch(`${host.url}/api/Wrong`)).status, 500);
  await host.printed(/this call has nothing for \{nowhere\}/);
});

test("a host that stops while a function runs completes its message; one that is killed leaves it to the next, on worker processes too", async () => {
  using folder = appFolder();
  {
    await using host = await start(folder);
    put("in", { id: 11, ms: 1_500 });
    await folder.noted("begin 11 1");
    assert.equal(await host.stopped(), 0);
    assert.ok(folder.lines().includes("end 11"));
    assert.equal(broker.queue("in").length, 0);
  }
  {
    await using _host = await start(folder);
    put("in", { id: 12, ms: 30_000 });
    await folder.noted("begin 12 1");
  } // killed
  put("in", { id: 13 });
  await using host = await start(folder, ["--workers", "2"]);
  await folder.noted("end 13");
  await folder.noted("begin 12 2");
  const { output } = host;
  assert.doesNotMatch(output, /"level":"error"/);
});

test("a host whose broker is away starts, says so, serves HTTP, and takes messages when it comes", async () => {
  using folder = appFolder();
  await broker.goAway();
  await using host = await start(folder);
  await host.printed(/"event":"trigger\.unavailable".*the Service Bus queue .*in.* cannot be read: .*ECONNREFUSED/i);
  assert.equal((await fetch(`${host.url}/api/none`)).status, 404);
  await broker.comeBack();
  put("in", { id: 21 });
  await folder.noted("end 21");
  await broker.goAway();
  assert.equal(await host.stopped(), 0);
  await broker.comeBack();
});
