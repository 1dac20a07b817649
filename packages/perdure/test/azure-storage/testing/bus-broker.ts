import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Delivery, EventContext, Message, Sender } from "rhea";
import rhea from "rhea";
import { BusQueue } from "./bus-queue.ts";

/** Its types lack these. */
const codec = rhea.message as unknown as {
  readonly accepted: () => Outcome;
  readonly released: () => Outcome;
  readonly rejected: (error: object) => Outcome;
  readonly decode: (bytes: Buffer) => Message;
};
interface Outcome {
  described(): object;
}

const BATCH_FORMAT = 0x80013700;
/** Of the standard tier. */
const MOST_BYTES = 256 * 1_024;
const SESSION_FILTER = "com.microsoft:session-filter";
/** Ticks of .NET are of 100 ns, from the year 1. */
const TICKS_AT_1970 = 621_355_968_000_000_000n;
const ticks = (ms: number) => BigInt(ms) * 10_000n + TICKS_AT_1970;
const isService = (address: string) => address.startsWith("$cbs") || address.endsWith("$management");

export interface BusBrokerOptions {
  readonly lockMs?: number;
  readonly maxDeliveries?: number;
}

/** Its types lack this. */
type CreditedSender = Sender & { readonly credit: number };

interface Place {
  readonly queue: string;
  /** Its session; null: it takes any message. */
  readonly group: string | null;
}

/**
 * Speaks as much of the dialect of Service Bus as its unmodified client needs: tokens, sending one or many, receiving under a lock, completing, abandoning, renewal
 * of locks, sessions, settling by the token of a lock. Queues are made by their names, and subscriptions are queues.
 */
export class BusBroker implements AsyncDisposable {
  readonly #options: Required<BusBrokerOptions>;
  readonly #sockets = new Set<Socket>();
  readonly #queues = new Map<string, BusQueue>();
  readonly #held = new Map<Delivery, { readonly queue: string; readonly token: Buffer }>();
  readonly #receivers = new Map<Sender, Place>();
  readonly #answers = new Map<string, Sender>();
  /** Those who wait for any session that is free. */
  readonly #waiting = new Map<Sender, string>();
  #server: Server | null = null;
  #port = 0;
  #sent = 0;
  #isDelivering = false;
  renewals = 0;
  /** Locks are over when their first time is. */
  refusesRenewals = false;

  private constructor({ lockMs = 30_000, maxDeliveries = 10 }: BusBrokerOptions) {
    this.#options = { lockMs, maxDeliveries };
  }

  static async start(options: BusBrokerOptions = {}): Promise<BusBroker> {
    const broker = new BusBroker(options);
    await broker.comeBack();
    return broker;
  }

  get connection(): string {
    return `Endpoint=sb://127.0.0.1:${this.#port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true`;
  }

  /** Listens, where it has listened before; its messages are as they were. */
  async comeBack(): Promise<void> {
    const container = rhea.create_container();
    container.on("sender_open", (context) => this.#opened(context));
    container.on("sender_close", ({ sender }) => this.#left(sender));
    container.on("sendable", () => this.#deliver());
    container.on("sender_draining", ({ sender }) => void sender?.set_drained(true));
    container.on("message", (context) => this.#arrived(context));
    container.on("accepted", ({ delivery }) => this.#settle(delivery, "done"));
    container.on("rejected", ({ delivery }) => this.#settle(delivery, "dead"));
    for (const event of ["released", "modified"]) container.on(event, ({ delivery }) => this.#settle(delivery, "back"));
    container.on("disconnected", ({ connection }) => {
      for (const sender of [...this.#receivers.keys(), ...this.#waiting.keys()]) if (sender.connection === connection) this.#left(sender);
    });
    for (const event of ["connection_error", "error"]) container.on(event, () => {});
    // What the client sets on an attach is answered in kind.
    container.on("receiver_open", ({ receiver }) => {
      receiver?.set_target({ address: receiver.target.address });
      const { local } = receiver as unknown as { readonly local: { readonly attach: { max_message_size?: number } } };
      local.attach.max_message_size = MOST_BYTES;
    });
    this.#server = container.listen({ port: this.#port, host: "127.0.0.1" });
    this.#server.on("connection", (socket) => this.#sockets.add(socket));
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Connections are refused until it comes back. */
  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.dropConnections();
    server?.close();
    if (server !== null) await once(server, "close");
  }

  async stop(): Promise<void> {
    await this.goAway();
    for (const queue of this.#queues.values()) queue.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** As if the network failed. Locks of messages stay until their time is over; sessions are free. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy(new Error("dropped"));
    const places = [...this.#receivers.values()];
    for (const known of [this.#sockets, this.#receivers, this.#answers, this.#waiting, this.#held]) known.clear();
    for (const { queue, group } of places) if (group !== null) this.queue(queue).endSession(group);
  }

  queue(name: string): BusQueue {
    const { lockMs, maxDeliveries } = this.#options;
    const changed = () => setImmediate(() => this.#deliver());
    const sessionLost = (owner: object) => this.#sessionLost(owner as Sender);
    const queue = this.#queues.get(name) ?? new BusQueue({ lockMs, maxDeliveries, changed, sessionLost });
    this.#queues.set(name, queue);
    return queue;
  }

  /** As some other client sends it: the message needs no id. */
  put(queue: string, text: string, { messageId, group }: { readonly messageId?: string; readonly group?: string } = {}): void {
    this.#keep(queue, { body: codecOf(text), message_id: messageId as string, group_id: group as string });
    this.#deliver();
  }

  #opened({ sender }: EventContext): void {
    if (sender === undefined) return;
    const { address, filter } = sender.source as { readonly address: string; readonly filter?: { readonly [name: string]: unknown } };
    if (isService(address)) {
      const replyTo: unknown = sender.target?.address;
      this.#answers.set(typeof replyTo === "string" ? replyTo : sender.name, sender);
      sender.set_source({ address });
      return;
    }
    if (filter !== undefined && SESSION_FILTER in filter) this.#waiting.set(sender, address);
    else {
      sender.set_source({ address });
      this.#receivers.set(sender, { queue: address, group: null });
    }
    this.#deliver();
  }

  #left(sender: Sender | undefined): void {
    if (sender === undefined) return;
    this.#waiting.delete(sender);
    const place = this.#receivers.get(sender);
    this.#receivers.delete(sender);
    if (typeof place?.group === "string") this.queue(place.queue).endSession(place.group);
  }

  #sessionLost(owner: Sender): void {
    this.#receivers.delete(owner);
    owner.close({ condition: "com.microsoft:session-lock-lost", description: "The session lock has expired." });
  }

  #arrived(context: EventContext): void {
    const { receiver, message, delivery } = context;
    const address = String(receiver?.target.address);
    if (message === undefined || receiver === undefined) return;
    if (isService(address)) {
      this.#asked(message, address.replace(/\/?\$management$/, ""));
      return;
    }
    const format = (delivery as unknown as { readonly format?: number } | undefined)?.format;
    for (const one of format === BATCH_FORMAT ? batch(message as unknown as Buffer) : [message]) this.#keep(address, one);
    this.#deliver();
  }

  #keep(queue: string, { body, message_id, group_id }: Message): void {
    const messageId = message_id === undefined || message_id === null ? undefined : String(message_id);
    this.queue(queue).put({ body, messageId, group: group_id ?? undefined, number: ++this.#sent, deliveries: 0 });
  }

  #asked(message: Message, queue: string): void {
    const found = this.#answerTo(message, queue);
    const [code, text] = found === null ? [410, "Gone"] : [200, "OK"];
    const status = { "status-code": code, statusCode: code, "status-description": text, statusDescription: text };
    const error = { errorCondition: "com.microsoft:message-lock-lost" };
    this.#answers.get(String(message.reply_to))?.send({
      correlation_id: message.message_id as string,
      application_properties: found === null ? { ...status, ...error } : status,
      body: found ?? {},
    });
  }

  /** Null: the lock is over. */
  #answerTo({ application_properties: properties, body }: Message, name: string): object | null {
    const queue = this.queue(name);
    const tokens = (body?.["lock-tokens"] ?? []) as readonly Buffer[];
    switch (properties?.operation) {
      case "com.microsoft:renew-lock": {
        this.renewals++;
        const times = tokens.map((token) => (this.refusesRenewals ? null : queue.renew(swapped(token))));
        return times.some((time) => time === null) ? null : { expirations: rhea.types.wrap_array(times, 0x83, undefined) };
      }
      case "com.microsoft:renew-session-lock": {
        this.renewals++;
        const until = this.refusesRenewals ? null : queue.renewSession(String(body["session-id"]));
        return until === null ? null : { expiration: rhea.types.wrap_timestamp(until) };
      }
      case "com.microsoft:update-disposition": {
        const outcome = body["disposition-status"] === "completed" ? "done" : "back";
        return tokens.every((token) => queue.settle(swapped(token), outcome)) ? {} : null;
      }
      default:
        return { messages: [] }; // a token, or a look at messages
    }
  }

  /** rhea counts what is sent when it is written, so no more than that is sent in a turn. */
  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    let isAll = true;
    this.#giveSessions();
    for (const [sender, { queue, group }] of this.#receivers) {
      for (let credit = sender.sendable() ? (sender as CreditedSender).credit : 0; credit > 0; credit--) {
        const taken = this.queue(queue).take(group);
        if (taken === null) break;
        const { message, token, until } = taken;
        const annotations = {
          "x-opt-sequence-number": rhea.types.wrap_long(message.number),
          "x-opt-enqueued-time": rhea.types.wrap_timestamp(Date.now()),
          "x-opt-locked-until": rhea.types.wrap_timestamp(until),
        };
        const id = message.messageId === undefined ? {} : { message_id: message.messageId };
        const session = message.group === undefined ? {} : { group_id: message.group };
        const sent = { body: message.body, delivery_count: message.deliveries - 1, message_annotations: annotations, ...id, ...session };
        this.#held.set(sender.send(sent, token), { queue, token });
        isAll = false;
      }
    }
    setImmediate(() => {
      this.#isDelivering = false;
      if (!isAll) this.#deliver();
    });
  }

  #giveSessions(): void {
    for (const [sender, queue] of this.#waiting) {
      const session = this.queue(queue).takeSession(sender);
      if (session === null) continue;
      const { group, until } = session;
      this.#waiting.delete(sender);
      sender.set_source({ address: queue, filter: { [SESSION_FILTER]: group } });
      const { local } = sender as unknown as { readonly local: { readonly attach: { properties?: object } } };
      local.attach.properties = { "com.microsoft:locked-until-utc": rhea.types.wrap_long(Number(ticks(until))) };
      this.#receivers.set(sender, { queue, group });
    }
  }

  /** The client waits for an answer that has the state too. */
  #settle(delivery: Delivery | undefined, outcome: "done" | "back" | "dead"): void {
    const held = delivery === undefined ? undefined : this.#held.get(delivery);
    if (delivery === undefined || held === undefined) return;
    this.#held.delete(delivery);
    const lost = { condition: "com.microsoft:message-lock-lost", description: "The lock supplied is invalid." };
    const isTaken = this.queue(held.queue).settle(held.token, outcome);
    const answer = !isTaken ? codec.rejected({ error: lost }) : outcome === "back" ? codec.released() : codec.accepted();
    delivery.update(true, answer.described());
  }
}

/** Of a token: .NET has the first parts of a guid the other way round. */
function swapped(token: Buffer): Buffer {
  return Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) => token[at] ?? 0));
}

const codecOf = (text: string): unknown =>
  (rhea.message as unknown as { readonly data_section: (bytes: Buffer) => unknown }).data_section(Buffer.from(text));

/** Messages that were sent together: each one is a section of bytes. */
function batch(bytes: Buffer): readonly Message[] {
  const { content } = codec.decode(bytes).body as { readonly content: Buffer | readonly Buffer[] };
  return (Buffer.isBuffer(content) ? [content] : content).map((one) => codec.decode(one));
}
