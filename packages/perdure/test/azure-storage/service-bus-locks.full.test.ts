import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ServiceBusTrigger, TriggerInvocation } from "../../src/app-threads/guest.ts";
import { DEFAULT_TRIGGER_SETTINGS } from "../../src/azure/triggers/trigger-settings.ts";
import { until } from "../../src/process/testing/until.ts";
import { BusBroker } from "./testing/bus-broker.ts";
import { inputOf, metadataOf, rig, stopAll } from "./testing/rig.ts";

const LIMIT_MS = 30_000;
const LOCK_MS = 2_000;

let broker: BusBroker;
before(async () => {
  broker = await BusBroker.start({ lockMs: LOCK_MS, maxDeliveries: 3 });
});
after(async () => {
  await stopAll();
  await broker.stop();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const trigger = (queue: string, more: Partial<ServiceBusTrigger> = {}): ServiceBusTrigger => ({
  ...{ kind: "serviceBus", name: "Take", binding: "message", source: { queue }, connection: "Bus" },
  ...{ isSessionsEnabled: false, isMany: false, autoComplete: true },
  ...more,
});
const started = (queue: string, run: (call: TriggerInvocation) => unknown, more: Partial<ServiceBusTrigger> = {}) => {
  const serviceBus = { ...DEFAULT_TRIGGER_SETTINGS.serviceBus, sessionIdleMs: 1_000 };
  const made = rig({ specs: [trigger(queue, more)], variables: { Bus: broker.connection }, settings: { serviceBus }, run });
  made.triggers.start();
  return made;
};

test("a connection that is lost while a function runs: its message stays locked, and is completed over the next one", async () => {
  broker.put("cut", "one");
  const { triggers, calls } = started("cut", async () => {
    await pause(300);
    broker.dropConnections();
    await pause(2 * LOCK_MS);
  });
  await until("an empty queue", () => calls.length > 0 && broker.queue("cut").length === 0, LIMIT_MS);
  await triggers.stop();
  assert.equal(calls.length, 1);
});

test("a list of messages stays locked while its function runs", async () => {
  for (const text of ["a", "b", "c"]) broker.put("many", text, { messageId: "same" });
  const { triggers, calls } = started("many", () => pause(2 * LOCK_MS), { isMany: true });
  await until("an empty queue", () => calls.length > 0 && broker.queue("many").length === 0, LIMIT_MS);
  await triggers.stop();
  const taken = calls.flatMap(({ inputs }) => (inputs.message?.kind === "list" ? inputs.message.values : []));
  assert.equal(taken.length, 3);
});

test("a lock that is lost is said, and the message comes again; after so many times the broker has it among its dead letters", async () => {
  broker.refusesRenewals = true;
  broker.put("lost", "one", { messageId: "m" });
  const { triggers, calls, lines } = started("lost", () => pause(1.5 * LOCK_MS));
  await until("a dead letter", () => broker.queue("lost").dead.length === 1, LIMIT_MS);
  await triggers.stop();
  broker.refusesRenewals = false;
  assert.deepEqual(
    calls.map((call) => metadataOf(call, "DeliveryCount")),
    [1, 2, 3],
  );
  assert.match(lines.find(({ event }) => event === "trigger.message-lost")?.message ?? "", /the message m\b.*its function may run twice/);
  assert.deepEqual([lines.filter(({ event }) => event === "trigger.unavailable"), broker.queue("lost").length], [[], 0]);
});

test("what fails each time is a dead letter after as many deliveries as the broker allows", async () => {
  broker.put("bad", "one");
  const { triggers, calls } = started("bad", () => {
    throw new Error("no");
  });
  await until("a dead letter", () => broker.queue("bad").dead.length === 1, LIMIT_MS);
  await triggers.stop();
  assert.equal(calls.length, 3);
});

test("a session stays locked while its functions run, in the order of its messages; one that is lost is taken again from where it was", async () => {
  for (const text of ["a1", "a2", "a3"]) broker.put("visits", text, { group: "a" });
  const { triggers, calls, lines } = started("visits", () => pause(1.2 * LOCK_MS), { isSessionsEnabled: true });
  await until("an empty queue", () => calls.length >= 3 && broker.queue("visits").length === 0, LIMIT_MS);
  assert.deepEqual(calls.map(inputOf), ["a1", "a2", "a3"]);
  assert.deepEqual(lines, []);
  broker.refusesRenewals = true;
  broker.put("visits", "b1", { group: "b", messageId: "b1" });
  await until("the loss", () => lines.length > 0, LIMIT_MS);
  broker.refusesRenewals = false;
  await until("an empty queue", () => broker.queue("visits").length === 0, LIMIT_MS);
  await triggers.stop();
  assert.deepEqual(calls.slice(3).map(inputOf), ["b1", "b1"]);
  assert.deepEqual([...new Set(lines.map(({ event }) => event))], ["trigger.message-lost"]);
});

for (const kind of ["messages", "sessions", "lists"]) {
  test(`a broker that is away at the start and goes away later: ${kind} are taken when it is there, and a stop does not wait for it`, async () => {
    await broker.goAway();
    const more = { isSessionsEnabled: kind === "sessions", isMany: kind === "lists" };
    const { triggers, calls, lines } = started(kind, () => {}, more);
    await until("the line", () => lines.some(({ event }) => event === "trigger.unavailable"), LIMIT_MS);
    const put = (text: string) => broker.put(kind, text, kind === "sessions" ? { group: "a" } : {});
    put("one");
    await broker.comeBack();
    await until("the first", () => calls.length === 1 && broker.queue(kind).length === 0, LIMIT_MS);
    await broker.goAway();
    put("two");
    await pause(1_000);
    await broker.comeBack();
    await until("the second", () => calls.length === 2 && broker.queue(kind).length === 0, LIMIT_MS);
    await broker.goAway();
    await pause(500);
    const began = performance.now();
    await triggers.stop();
    assert.ok(performance.now() - began < 3_000, `${performance.now() - began} ms`);
    await broker.comeBack();
    assert.ok(lines.some(({ event }) => event === "trigger.available"));
  });
}

test("triggers without a message for longer than the client waits say nothing, and take the next one", async () => {
  const idle = [
    started("idle", () => {}),
    started("idle-lists", () => {}, { isMany: true }),
    started("idle-visits", () => {}, { isSessionsEnabled: true }),
  ];
  await pause(65_000);
  broker.put("idle", "one");
  broker.put("idle-lists", "one");
  broker.put("idle-visits", "one", { group: "a" });
  await until("each", () => idle.every(({ calls }) => calls.length === 1), LIMIT_MS);
  await Promise.all(idle.map(({ triggers }) => triggers.stop()));
  assert.deepEqual(
    idle.flatMap(({ lines }) => lines),
    [],
  );
});
