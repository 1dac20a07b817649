import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Delivery, EventContext, Message, Sender } from "rhea";
import rhea from "rhea";

interface Kept {
  readonly body: unknown;
  readonly messageId: string;
  readonly group: string | undefined;
  readonly number: number;
  deliveries: number;
}

interface Held {
  readonly queue: string;
  readonly message: Kept;
}

/** Its types lack these. */
const codec = rhea.message as unknown as {
  readonly accepted: () => { described(): object };
  readonly released: () => { described(): object };
  readonly decode: (bytes: Buffer) => Message;
};

const LOCK_MS = 30_000;
const BATCH_FORMAT = 0x80013700;
const SESSION_FILTER = "com.microsoft:session-filter";
/** Ticks of .NET are of 100 ns, from the year 1. */
const TICKS_AT_1970 = 621_355_968_000_000_000n;
const ticks = (ms: number) => BigInt(ms) * 10_000n + TICKS_AT_1970;

/**
 * Speaks as much of the dialect of Service Bus as its unmodified client needs: tokens, sending one or many, receiving under a lock, completing, abandoning, renewal
 * of locks, sessions. Queues are made by their names, and subscriptions are queues.
 */
export class BusBroker {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #queues = new Map<string, Kept[]>();
  readonly #dead = new Map<string, Kept[]>();
  readonly #held = new Map<Delivery, Held>();
  readonly #receivers = new Map<Sender, { readonly queue: string; readonly group: string | null }>();
  readonly #answers = new Map<string, Sender>();
  /** Those who wait for any session that is free. */
  readonly #waiting: { readonly sender: Sender; readonly queue: string }[] = [];
  readonly #taken = new Set<string>();
  #sent = 0;
  renewals = 0;

  private constructor() {
    const container = rhea.create_container();
    container.on("sender_open", (context) => this.#opened(context));
    container.on("sender_close", ({ sender }) => this.#left(sender));
    container.on("sendable", () => this.#deliver());
    container.on("sender_draining", ({ sender }) => void sender?.set_drained(true));
    container.on("message", (context) => this.#arrived(context));
    container.on("accepted", ({ delivery }) => this.#settle(delivery, true));
    for (const event of ["released", "modified"]) container.on(event, ({ delivery }) => this.#settle(delivery, false));
    for (const event of ["disconnected", "connection_error", "error"]) container.on(event, () => {});
    // What the client sets on an attach is answered in kind.
    container.on("receiver_open", ({ receiver }) => receiver?.set_target({ address: receiver.target.address }));
    this.#server = container.listen({ port: 0, host: "127.0.0.1" });
    this.#server.on("connection", (socket) => this.#sockets.add(socket));
  }

  static async start(): Promise<BusBroker> {
    const broker = new BusBroker();
    await once(broker.#server, "listening");
    return broker;
  }

  get connection(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true`;
  }

  async stop(): Promise<void> {
    this.dropConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** As if the network failed. What was taken and not answered is there again. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy(new Error("dropped"));
    this.#sockets.clear();
    this.#receivers.clear();
    this.#answers.clear();
    this.#taken.clear();
    this.#waiting.length = 0;
    for (const [delivery, held] of this.#held) this.#putBack(delivery, held);
  }

  lengthOf(queue: string): number {
    return this.#queue(queue).length + [...this.#held.values()].filter((held) => held.queue === queue).length;
  }

  deadOf(queue: string): readonly unknown[] {
    return (this.#dead.get(queue) ?? []).map(({ messageId }) => messageId);
  }

  #queue(name: string): Kept[] {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return queue;
  }

  #opened({ sender }: EventContext): void {
    if (sender === undefined) return;
    const { address, filter } = sender.source as { readonly address: string; readonly filter?: { readonly [name: string]: unknown } };
    if (address.startsWith("$cbs") || address.endsWith("$management")) {
      const replyTo: unknown = sender.target?.address;
      this.#answers.set(typeof replyTo === "string" ? replyTo : sender.name, sender);
      sender.set_source({ address });
      return;
    }
    if (filter !== undefined && SESSION_FILTER in filter) {
      this.#waiting.push({ sender, queue: address });
      this.#deliver();
      return;
    }
    sender.set_source({ address });
    this.#receivers.set(sender, { queue: address, group: null });
    this.#deliver();
  }

  #left(sender: Sender | undefined): void {
    if (sender === undefined) return;
    const place = this.#receivers.get(sender);
    this.#receivers.delete(sender);
    for (const [delivery, held] of this.#held) if (delivery.link === (sender as unknown)) this.#putBack(delivery, held);
    if (typeof place?.group === "string") this.#taken.delete(place.group);
    this.#deliver();
  }

  #arrived(context: EventContext): void {
    const { receiver, message, delivery } = context;
    const address = String(receiver?.target.address);
    if (message === undefined || receiver === undefined) return;
    if (address.startsWith("$cbs") || address.endsWith("$management")) {
      this.#asked(message);
      return;
    }
    const format = (delivery as unknown as { readonly format?: number } | undefined)?.format;
    for (const one of format === BATCH_FORMAT ? batch(message as unknown as Buffer) : [message]) this.#keep(address, one);
    this.#deliver();
  }

  #keep(queue: string, { body, message_id, group_id }: Message): void {
    const message = { body, messageId: String(message_id ?? randomUUID()), group: group_id, number: ++this.#sent, deliveries: 0 };
    this.#queue(queue).push(message);
  }

  #asked(message: Message): void {
    const operation = message.application_properties?.operation;
    const expires = new Date(Date.now() + LOCK_MS);
    if (operation === "com.microsoft:renew-lock" || operation === "com.microsoft:renew-session-lock") this.renewals++;
    const body =
      operation === "com.microsoft:renew-lock"
        ? { expirations: rhea.types.wrap_array([expires.getTime()], 0x83, undefined) }
        : { expiration: rhea.types.wrap_timestamp(expires.getTime()) };
    const status = { "status-code": 200, statusCode: 200, "status-description": "OK", statusDescription: "OK" };
    this.#answers
      .get(String(message.reply_to))
      ?.send({ correlation_id: message.message_id as string, application_properties: status, body });
  }

  #deliver(): void {
    this.#giveSessions();
    for (const [sender, { queue, group }] of this.#receivers) {
      const messages = this.#queue(queue);
      while (sender.sendable()) {
        const at = messages.findIndex((one) => group === null || one.group === group);
        const message = messages[at];
        if (message === undefined) break;
        messages.splice(at, 1);
        this.#send(sender, queue, message);
      }
    }
  }

  #giveSessions(): void {
    for (const waiting of [...this.#waiting]) {
      const { sender, queue } = waiting;
      const group = this.#queue(queue).find((one) => one.group !== undefined && !this.#taken.has(one.group))?.group;
      if (group === undefined) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      this.#taken.add(group);
      sender.set_source({ address: queue, filter: { [SESSION_FILTER]: group } });
      const { local } = sender as unknown as { readonly local: { readonly attach: { properties?: object } } };
      local.attach.properties = { "com.microsoft:locked-until-utc": rhea.types.wrap_long(Number(ticks(Date.now() + LOCK_MS))) };
      this.#receivers.set(sender, { queue, group });
    }
  }

  #send(sender: Sender, queue: string, message: Kept): void {
    const now = Date.now();
    const annotations = {
      "x-opt-sequence-number": rhea.types.wrap_long(message.number),
      "x-opt-enqueued-time": rhea.types.wrap_timestamp(now),
      "x-opt-locked-until": rhea.types.wrap_timestamp(now + LOCK_MS),
    };
    const encoded = {
      body: message.body,
      message_id: message.messageId,
      delivery_count: message.deliveries++,
      message_annotations: annotations,
    };
    const group = message.group === undefined ? {} : { group_id: message.group };
    const tag = Buffer.from(randomUUID().replaceAll("-", ""), "hex");
    this.#held.set(sender.send({ ...encoded, ...group }, tag), { queue, message });
  }

  /** The client waits for an answer that has the state too. */
  #settle(delivery: Delivery | undefined, isDone: boolean): void {
    const held = delivery === undefined ? undefined : this.#held.get(delivery);
    if (delivery === undefined || held === undefined) return;
    delivery.update(true, (isDone ? codec.accepted() : codec.released()).described());
    if (isDone) this.#held.delete(delivery);
    else this.#putBack(delivery, held);
    this.#deliver();
  }

  #putBack(delivery: Delivery, { queue, message }: Held): void {
    this.#held.delete(delivery);
    if (message.deliveries < 10) this.#queue(queue).unshift(message);
    else this.#dead.set(queue, [...(this.#dead.get(queue) ?? []), message]);
  }
}

/** Messages that were sent together: each one is a section of bytes. */
function batch(bytes: Buffer): readonly Message[] {
  const { content } = codec.decode(bytes).body as { readonly content: Buffer | readonly Buffer[] };
  return (Buffer.isBuffer(content) ? [content] : content).map((one) => codec.decode(one));
}
