import { doublingPauseMs, spreadOutMs } from "../../../process/doubling-pause.ts";
import { endClient, settles } from "../connections/end-client.ts";
import type { SessionSettings } from "../connections/session.ts";
import { clientConfig, prepareSession } from "../connections/session.ts";
import type { Driver, PgClient } from "../driver.ts";

export interface ListenerOptions {
  readonly driver: Driver;
  readonly connectionString: string;
  /** Quoted as an identifier. */
  readonly channel: string;
  readonly onPayload: (payload: string | undefined) => void;
  /** It listens, for the first time or again: what was sent meanwhile is lost. */
  readonly onListening: () => void;
}

const SETTINGS: SessionSettings = { role: "listen", statementTimeoutMs: 10_000, lockTimeoutMs: 5_000, durable: false, reads: false };
const PAUSES = { firstMs: 200, longestMs: 30_000 };

/** A connection that does nothing but listen. Lost, it comes back by itself, after pauses that double up to 30 s, with jitter. */
export class Listener {
  readonly #options: ListenerOptions;
  #client: PgClient | null = null;
  #connecting: Promise<void> | null = null;
  #failures = 0;
  #retry: NodeJS.Timeout | null = null;
  #on = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#on) return;
    this.#on = true;
    this.#connect();
  }

  async stop(): Promise<void> {
    this.#on = false;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    if (this.#connecting !== null) await settles(this.#connecting); // who opens it ends it
    const client = this.#client;
    this.#client = null;
    if (client !== null) await endClient(client);
  }

  /** A connection on which nothing arrives is useless: another one may be better. */
  restart(): void {
    const client = this.#client;
    if (client !== null) this.#lost(client);
  }

  #connect(): void {
    this.#connecting = this.#listen().finally(() => {
      this.#connecting = null;
    });
  }

  async #listen(): Promise<void> {
    const { driver, connectionString, channel, onPayload, onListening } = this.#options;
    const client = new driver.Client(clientConfig(connectionString, SETTINGS));
    client.on("error", () => this.#lost(client));
    client.on("end", () => this.#lost(client));
    client.on("notification", ({ payload }) => onPayload(payload));
    try {
      await client.connect();
      await prepareSession(client, SETTINGS);
      await client.query(`LISTEN ${channel}`);
    } catch {
      client.end().catch(() => {});
      this.#later(); // the links that work say why (log events); this one only makes things faster
      return;
    }
    if (!this.#on) {
      await endClient(client);
      return;
    }
    this.#client = client;
    this.#failures = 0;
    onListening();
  }

  #lost(client: PgClient): void {
    if (this.#client !== client) return;
    this.#client = null;
    client.end().catch(() => {});
    this.#later();
  }

  #later(): void {
    if (!this.#on || this.#retry !== null) return;
    const pause = spreadOutMs(doublingPauseMs(PAUSES, this.#failures));
    this.#failures += 1;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      if (this.#on) this.#connect();
    }, pause).unref();
  }
}
