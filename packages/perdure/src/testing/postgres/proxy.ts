import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isEncryptionRequest, MessageSplitter, NOTIFICATION, READY_FOR_QUERY } from "./protocol.ts";

/** A line to a PostgreSQL server that can be as bad as one likes. All fields may change while it is in use. */
export interface PostgresProxy {
  /** The same database, user and parameters by way of this proxy. */
  url(target: string): string;
  /** NOTIFY messages do not arrive; nothing else is missing. */
  swallowsNotifications: boolean;
  readonly notifications: { readonly passed: number; readonly swallowed: number };
  /** Every message takes so long, in either direction, ms. */
  delayMs: number;
  /** New connections are closed at once. */
  refuses: boolean;
  /** Answers that are lost together with their connection, once that is in use: what was asked for may have been done. Counts down. */
  answersToCut: number;
  /** With the n-th message of the server from now on, whatever it says, every connection breaks. Counts down; 0: none does. */
  cutAtMessage: number;
  /** Every connection breaks now. Returns how many. */
  cut(): number;
  close(): Promise<void>;
}

/** `target`: the URL of the server, or of a database on it. */
export async function openPostgresProxy(target: string): Promise<PostgresProxy> {
  const { hostname, port } = new URL(target);
  const proxy = new DistortingProxy(hostname, Number(port));
  await proxy.listen();
  return proxy;
}

/** So many answers of a connection are about itself: log-in, settings of the session. */
const GREETINGS = 3;

class DistortingProxy implements PostgresProxy {
  swallowsNotifications = false;
  readonly notifications = { passed: 0, swallowed: 0 };
  delayMs = 0;
  refuses = false;
  answersToCut = 0;
  cutAtMessage = 0;
  readonly #host: string;
  readonly #port: number;
  readonly #door = createServer((client) => this.#serve(client));
  readonly #clients = new Set<Socket>();
  #ownPort = 0;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  async listen(): Promise<void> {
    this.#door.listen(0, "127.0.0.1");
    await once(this.#door, "listening");
    const address = this.#door.address();
    if (address === null || typeof address !== "object") throw new Error("a TCP server without an address");
    this.#ownPort = address.port;
  }

  url(target: string): string {
    const url = new URL(target);
    url.hostname = "127.0.0.1";
    url.port = `${this.#ownPort}`;
    return url.href;
  }

  cut(): number {
    const cut = this.#clients.size;
    for (const client of this.#clients) client.resetAndDestroy();
    return cut;
  }

  async close(): Promise<void> {
    this.#door.close();
    this.cut();
    await once(this.#door, "close");
  }

  #serve(client: Socket): void {
    if (this.refuses) {
      client.destroy();
      return;
    }
    this.#clients.add(client);
    const server = connect(this.#port, this.#host);
    const end = () => {
      this.#clients.delete(client);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.setNoDelay(true).on("error", end).on("close", end);

    const toServer = new Line(server, () => this.delayMs);
    const toClient = new Line(client, () => this.delayMs);
    let greeted = false;
    client.on("data", (bytes: Buffer) => {
      if (!greeted && isEncryptionRequest(bytes)) toClient.send(Buffer.from("N"));
      else {
        greeted = true;
        toServer.send(bytes);
      }
    });
    const splitter = new MessageSplitter();
    let answers = 0;
    server.on("data", (bytes: Buffer) => {
      const kept = splitter.take(bytes).filter((message) => this.#lets(message));
      if (kept.length === 0 || this.#isCutWith(kept.length)) return;
      answers += kept.filter((message) => message[0] === READY_FOR_QUERY).length;
      if (this.answersToCut > 0 && answers > GREETINGS) {
        this.answersToCut -= 1;
        client.resetAndDestroy();
      } else toClient.send(Buffer.concat(kept));
    });
  }

  #isCutWith(messages: number): boolean {
    if (this.cutAtMessage === 0) return false;
    this.cutAtMessage = Math.max(0, this.cutAtMessage - messages);
    if (this.cutAtMessage > 0) return false;
    this.cut();
    return true;
  }

  #lets(message: Buffer): boolean {
    if (message[0] !== NOTIFICATION) return true;
    this.notifications[this.swallowsNotifications ? "swallowed" : "passed"] += 1;
    return !this.swallowsNotifications;
  }
}

/** One direction of a connection: what is sent arrives late, and in order. */
class Line {
  readonly #to: Socket;
  readonly #delay: () => number;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(to: Socket, delay: () => number) {
    this.#to = to;
    this.#delay = delay;
  }

  send(bytes: Buffer): void {
    const delay = this.#delay();
    if (delay === 0 && this.#waiting === 0) {
      this.#write(bytes);
      return;
    }
    this.#waiting += 1;
    const due = sleep(delay, undefined, { ref: false });
    this.#last = Promise.all([this.#last, due]).then(() => {
      this.#waiting -= 1;
      this.#write(bytes);
    });
  }

  #write(bytes: Buffer): void {
    if (!this.#to.destroyed) this.#to.write(bytes);
  }
}
