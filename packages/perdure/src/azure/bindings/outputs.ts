import { isRecord } from "../../model/options.ts";
import type { Binding } from "../guest/core-types.ts";
import type { AzureClients } from "./azure-clients.ts";
import type { BlobServicePort, OutgoingMessage, QueueServicePort, SenderPort, ServiceBusPort } from "./client-ports.ts";
import { splitPath } from "./expressions.ts";
import type { QueueEncoding } from "./queue-text.ts";
import { encodedText } from "./queue-text.ts";
import { madeIfAbsent } from "./service-answers.ts";

/** Sends what the library made of a value. */
export type Output = (place: string, data: { readonly [kind: string]: unknown }) => Promise<void>;

export interface OutputClients {
  readonly clients: AzureClients;
  readonly queueEncoding: QueueEncoding;
  readonly connection: string;
  readonly function: string;
}

/** How an output of this type is sent; null: it is none of storage or Service Bus. */
export function outputOf({ type }: Binding, own: OutputClients): Output | null {
  const user = { function: own.function, binding: `${type} output`, connection: own.connection };
  switch (type.toLowerCase()) {
    case "queue":
      return toQueue(own.clients.queues(user), own.queueEncoding);
    case "blob":
      return toBlob(own.clients.blobs(user));
    case "servicebus":
      return toServiceBus(own.clients.serviceBus(user));
    default:
      return null;
  }
}

/** A list is as many messages. What does not exist yet is made, as on Azure. */
const toQueue =
  (service: QueueServicePort, encoding: QueueEncoding): Output =>
  async (name, data) => {
    const queue = service.getQueueClient(name.toLowerCase());
    for (const message of messagesOf(data)) await madeIfAbsent(() => queue.sendMessage(encodedText(message, encoding)), queue);
  };

const toBlob =
  (service: BlobServicePort): Output =>
  async (path, data) => {
    const content = contentOf(data);
    if (content === null) return;
    const { container, blob } = splitPath(path);
    const client = service.getContainerClient(container);
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    await madeIfAbsent(() => client.getBlockBlobClient(blob).upload(bytes, bytes.byteLength), client);
  };

/** A connection is opened for the first one, and stays. */
function toServiceBus(service: ServiceBusPort): Output {
  const senders = new Map<string, SenderPort>();
  return async (place, data) => {
    const sender = senders.get(place) ?? service.createSender(place);
    senders.set(place, sender);
    const bodies = messagesOf(data).map((message) => (typeof message === "string" ? Buffer.from(message, "utf8") : message));
    if (bodies.length > 0)
      await sendAll(
        sender,
        bodies.map((body) => ({ body })),
      );
  };
}

/** As many together as the broker takes at once. One that is too large by itself is refused by the client, with its size. */
async function sendAll(sender: SenderPort, messages: readonly OutgoingMessage[]): Promise<void> {
  let batch = await sender.createMessageBatch();
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    if (batch.count > 0) await sender.sendMessages(batch);
    batch = await sender.createMessageBatch();
    if (!batch.tryAddMessage(message)) await sender.sendMessages([message]);
  }
  if (batch.count > 0) await sender.sendMessages(batch);
}

function messagesOf(data: { readonly [kind: string]: unknown }): readonly (string | Buffer)[] {
  if (typeof data.json === "string" && data.json.trimStart().startsWith("[")) {
    const values = JSON.parse(data.json) as readonly unknown[];
    return values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  }
  const strings = isRecord(data.collectionString) ? data.collectionString.string : null;
  if (Array.isArray(strings)) return strings.map(String);
  const content = contentOf(data);
  return content === null ? [] : [content];
}

/** Null: the function gave nothing. */
function contentOf({ string, json, bytes, int, double }: { readonly [kind: string]: unknown }): string | Buffer | null {
  if (typeof string === "string") return string;
  if (typeof json === "string") return json;
  if (bytes instanceof Uint8Array) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = int ?? double;
  return number === undefined || number === null ? null : String(number);
}
