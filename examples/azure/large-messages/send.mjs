// node send.mjs bus|storage ID: sends an order of a megabyte, as other programs do.
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";

const [way, id] = process.argv.slice(2);
const line = { article: "a hat", count: 2, remark: "wrapped as a present, with a ribbon, ".repeat(25) };
const order = JSON.stringify({ id, lines: Array.from({ length: 1_100 }, () => line) });

if (way === "bus") {
  const client = new ServiceBusClient(process.env.OrdersBus);
  await client.createSender("orders").sendMessages({ body: Buffer.from(order) });
  await client.close();
} else {
  const storage = process.env.AzureWebJobsStorage ?? "UseDevelopmentStorage=true";
  const blobs = BlobServiceClient.fromConnectionString(storage).getContainerClient("orders");
  await blobs.createIfNotExists();
  await blobs.getBlockBlobClient(`${id}.json`).upload(order, Buffer.byteLength(order));
  const queue = QueueServiceClient.fromConnectionString(storage).getQueueClient("stored-orders");
  await queue.createIfNotExists();
  await queue.sendMessage(Buffer.from(JSON.stringify({ order: id })).toString("base64"));
}
