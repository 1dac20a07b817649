import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ServiceBusClient } from "@azure/service-bus";
import type { ServiceBusTrigger } from "../../src/app-threads/guest.ts";
import { DEFAULT_TRIGGER_SETTINGS } from "../../src/azure/triggers/trigger-settings.ts";
import { until } from "../../src/process/testing/until.ts";
import { BusBroker } from "./testing/bus-broker.ts";
import { inputOf, metadataOf, rig, stopAll } from "./testing/rig.ts";

const LIMIT_MS = 30_000;

let broker: BusBroker;
before(async () => {
  broker = await BusBroker.start();
});
after(async () => {
  await stopAll();
  await broker.stop();
});

const trigger = (source: ServiceBusTrigger["source"], more: Partial<ServiceBusTrigger> = {}): ServiceBusTrigger => ({
  ...{ kind: "serviceBus", name: "Take", binding: "message", source, connection: "Bus" },
  ...{ isSessionsEnabled: false, isMany: false, autoComplete: true },
  ...more,
});
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const variables = () => ({ Bus: broker.connection });

async function send(place: string, texts: readonly string[], sessionIds: readonly string[] = []): Promise<void> {
  const client = new ServiceBusClient(broker.connection);
  const messages = texts.map((text, at) => {
    const sessionId = sessionIds[at];
    return { body: Buffer.from(text), messageId: `m${at}`, ...(sessionId === undefined ? {} : { sessionId }) };
  });
  await client.createSender(place).sendMessages(messages);
  await client.close();
}

test("each message of a queue calls the function once and is completed; one that fails is abandoned, comes again, and counts", async () => {
  await send("orders", ['{"order":1}', "two", '{"order":3}']);
  let failures = 2;
  const run = (call: Parameters<typeof inputOf>[0]) => {
    if (inputOf(call) === "two" && failures-- > 0) throw new Error("not now");
  };
  const { triggers, calls, lines } = rig({ specs: [trigger({ queue: "orders" })], variables: variables(), run });
  triggers.start();
  await until("an empty queue", () => calls.length === 5 && broker.queue("orders").length === 0, LIMIT_MS);
  await triggers.stop();
  const two = calls.filter((call) => metadataOf(call, "MessageId") === "m1");
  assert.deepEqual(
    two.map((call) => metadataOf(call, "DeliveryCount")),
    [1, 2, 3],
  );
  assert.deepEqual(calls.map(inputOf).sort(), ["two", "two", "two", '{"order":1}', '{"order":3}']);
  assert.equal(lines.filter(({ event }) => event === "trigger.failed").length, 2);
});

test("a subscription of a topic gives its messages; a function that takes many gets a list", async () => {
  await send("news/Subscriptions/all", ["a", "b"]);
  const { triggers, calls } = rig({
    specs: [trigger({ topic: "news", subscription: "all" }, { isMany: true })],
    variables: variables(),
  });
  triggers.start();
  await until("an empty subscription", () => calls.length > 0 && broker.queue("news/Subscriptions/all").length === 0, LIMIT_MS);
  await triggers.stop();
  const values = calls.flatMap(({ inputs }) => (inputs.message?.kind === "list" ? inputs.message.values : []));
  assert.deepEqual(
    values.map((value) => ("text" in value ? value.text : null)),
    ["a", "b"],
  );
});

test("messages of one session follow each other, and sessions run side by side", async () => {
  await send("visits", ["a1", "b1", "a2", "b2"], ["a", "b", "a", "b"]);
  const open = new Set<unknown>();
  let most = 0;
  const { triggers, calls } = rig({
    specs: [trigger({ queue: "visits" }, { isSessionsEnabled: true })],
    variables: variables(),
    run: async (call) => {
      const session = metadataOf(call, "SessionId");
      assert.ok(!open.has(session));
      open.add(session);
      most = Math.max(most, open.size);
      await pause(200);
      open.delete(session);
    },
  });
  triggers.start();
  await until("an empty queue", () => calls.length === 4 && broker.queue("visits").length === 0, LIMIT_MS);
  await triggers.stop();
  const of = (session: string) => calls.filter((call) => metadataOf(call, "SessionId") === session).map(inputOf);
  assert.deepEqual([of("a"), of("b"), most], [["a1", "a2"], ["b1", "b2"], 2]);
});

test("a broker that drops its connections: the client comes back, and no message is lost", async () => {
  const { triggers, calls } = rig({ specs: [trigger({ queue: "kept" })], variables: variables() });
  triggers.start();
  await send("kept", ["before"]);
  await until("the first", () => calls.length === 1 && broker.queue("kept").length === 0, LIMIT_MS);
  broker.dropConnections();
  await send("kept", ["after"]);
  await until("the second", () => calls.length === 2 && broker.queue("kept").length === 0, LIMIT_MS);
  await triggers.stop();
  assert.deepEqual(calls.map(inputOf), ["before", "after"]);
});

test("a function that runs longer than its lock keeps its message: also one without an id, and two with the same one", async () => {
  await using quick = await BusBroker.start({ lockMs: 2_000 });
  quick.put("slow", "without");
  quick.put("slow", "first", { messageId: "same" });
  quick.put("slow", "second", { messageId: "same" });
  const run = (call: Parameters<typeof inputOf>[0]) => pause(inputOf(call) === "first" ? 300 : 3_500);
  const { triggers, calls, lines } = rig({ specs: [trigger({ queue: "slow" })], variables: { Bus: quick.connection }, run });
  triggers.start();
  await until("an empty queue", () => calls.length >= 3 && quick.queue("slow").length === 0, LIMIT_MS);
  await triggers.stop();
  assert.deepEqual(calls.map(inputOf).sort(), ["first", "second", "without"]);
  assert.deepEqual(lines, []);
});

test("a stop waits for functions that were called, and answers for them; what was not taken stays", async () => {
  for (const text of ["a", "b", "c"]) broker.put("stopped", text, { messageId: text });
  const begun = Promise.withResolvers<void>();
  const serviceBus = { ...DEFAULT_TRIGGER_SETTINGS.serviceBus, maxConcurrentCalls: 2 };
  const { triggers, calls } = rig({
    ...{ specs: [trigger({ queue: "stopped" })], variables: variables(), settings: { serviceBus } },
    run: async (call) => {
      if (calls.length === 2) begun.resolve();
      await pause(700);
      if (inputOf(call) === "b") throw new Error("no");
    },
  });
  triggers.start();
  await begun.promise;
  await triggers.stop();
  assert.equal(calls.length, 2);
  assert.deepEqual(
    broker.queue("stopped").waiting.map(({ messageId, deliveries }) => [messageId, deliveries]),
    [
      ["b", 1],
      ["c", 0],
    ],
  );
});
