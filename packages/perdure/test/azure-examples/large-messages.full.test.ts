import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { until } from "../../src/process/testing/until.ts";
import { exampleFolder } from "../azure/testing/azure-folder.ts";
import { AzureHost } from "../azure/testing/azure-host.ts";
import type { Azurite } from "../azure-storage/testing/azurite.ts";
import { startAzurite } from "../azure-storage/testing/azurite.ts";
import { BusBroker } from "../azure-storage/testing/bus-broker.ts";
import { postJson } from "./testing/example-host.ts";

const MB = 1_024 * 1_024;
const LIMIT_MS = 60_000;

let broker: BusBroker;
let azurite: Azurite;
before(async () => {
  [broker, azurite] = await Promise.all([BusBroker.start(), startAzurite()]);
});
after(async () => {
  await Promise.all([broker.stop(), azurite.stop()]);
});

/** A megabyte of JSON. */
function orderOf(id: string, count: number) {
  const line = { article: "a hat", count, remark: `wrapped as a present, ${"with a ribbon, ".repeat(60)}` };
  return { id, lines: Array.from({ length: Math.ceil(MB / JSON.stringify(line).length) }, () => line) };
}

async function sendToStorage(name: string, text: string): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(azurite.connection).getContainerClient("orders");
  await container.createIfNotExists();
  await container.getBlockBlobClient(`${name}.json`).upload(text, Buffer.byteLength(text));
  const queue = QueueServiceClient.fromConnectionString(azurite.connection).getQueueClient("stored-orders");
  await queue.createIfNotExists();
  await queue.sendMessage(Buffer.from(JSON.stringify({ order: name })).toString("base64"));
}

test("messages of Service Bus and of a storage queue start orchestrations with a megabyte, once each; the store compresses what goes through it", async () => {
  using folder = exampleFolder("large-messages");
  const env = { AzureWebJobsStorage: azurite.connection, OrdersBus: broker.connection };
  await using host = await AzureHost.start(".", folder.path, [], env);
  const orders = [orderOf("bus-1", 1), orderOf("bus-2", 3), orderOf("stored-1", 5)];
  const [first, second, stored] = orders.map((order) => JSON.stringify(order));
  assert.ok(first !== undefined && second !== undefined && stored !== undefined && first.length > MB);
  for (const text of [first, second, first]) broker.put("orders", text);
  await sendToStorage("x", stored);
  for (const order of orders) {
    const at = `${host.management}/instances/order-${order.id}`;
    await until("the price", async () => (await host.status(at)).customStatus === "priced", LIMIT_MS);
    const note = "n".repeat(MB);
    assert.equal((await postJson(`${at}/raiseEvent/Delivery`, { note })).status, 202);
    const { output, input } = await host.ended(at);
    const [line] = order.lines;
    assert.deepEqual(output, { id: order.id, cents: order.lines.length * (line?.count ?? 0) * 100, note: MB });
    assert.deepEqual(input, order);
  }
  await host.printed(/The order bus-1 is known already/);
  await until("an empty queue", () => broker.queue("orders").length === 0, LIMIT_MS);
  const all = (await (await fetch(`${host.management}/instances?showInput=false`)).json()) as readonly unknown[];
  assert.equal(all.length, orders.length);
  assert.equal(await host.stopped(), 0);
  // Three inputs, each also in the history and in the call of the activity, three results and three events: twelve megabytes and more went through it.
  const { size } = statSync(join(folder.path, "perdure.db"));
  assert.ok(size < 2 * MB, `${size} bytes`);
});
