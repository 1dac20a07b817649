import type { LiveBus, LiveListener } from "../../../store/live-bus.ts";
import { LONGEST_LIVE_MESSAGE } from "../../../store/live-bus.ts";
import type { LinkOptions } from "../connections/link.ts";
import { Link } from "../connections/link.ts";
import type { SessionSettings } from "../connections/session.ts";
import { quoted } from "../location.ts";
import { Listener } from "./listener.ts";
import { LiveParts, partsOf } from "./live-parts.ts";

const SENDER: SessionSettings = { role: "live", statementTimeoutMs: 5_000, lockTimeoutMs: 2_000, durable: false, reads: false };
const NOTIFY = { name: "notify_live", text: "SELECT pg_notify($1, part) FROM unnest($2::text[]) AS part" } as const;
/** To begin to listen costs a connection, so it lasts a little. */
const LINGER_MS = 30_000;
/** While the database does not take them, later messages are worth more. */
const MOST_WAITING = 100;

export interface LiveChannelOptions extends Omit<LinkOptions, "settings" | "testNow" | "onEvent"> {
  readonly schema: string;
}

/** Messages among the processes of a schema, over a channel of its own. Behind a pooler that shares sessions nothing is heard, and nothing fails. */
export class LiveChannel implements LiveBus {
  readonly #channel: string;
  readonly #sender: Link;
  readonly #listener: Listener;
  readonly #parts = new LiveParts();
  readonly #listeners = new Set<LiveListener>();
  #waiting: string[] = [];
  #sending: Promise<void> | null = null;
  #lingering: NodeJS.Timeout | null = null;
  #isListening = false;
  #closed = false;

  constructor(options: LiveChannelOptions) {
    const { driver, connectionString, schema } = options;
    this.#channel = `perdure-live:${schema}`;
    this.#sender = new Link({ driver, connectionString, settings: SENDER, testNow: null, onEvent: () => {} });
    this.#listener = new Listener({
      driver,
      connectionString,
      channel: quoted(this.#channel),
      onPayload: (payload) => this.#heard(payload),
      onListening: () => {
        this.#isListening = true;
        for (const listener of [...this.#listeners]) listener.onReady();
      },
    });
  }

  send(message: string): void {
    if (this.#closed || message.length > LONGEST_LIVE_MESSAGE) return;
    if (this.#waiting.length === MOST_WAITING) this.#waiting.shift();
    this.#waiting.push(message);
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
  }

  listen(listener: LiveListener): () => void {
    if (this.#lingering !== null) clearTimeout(this.#lingering);
    this.#lingering = null;
    if (!this.#closed) this.#listener.start();
    this.#listeners.add(listener);
    if (this.#isListening) listener.onReady();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0 && !this.#closed) this.#endLater();
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    if (this.#lingering !== null) clearTimeout(this.#lingering);
    await this.#sending;
    await Promise.all([this.#sender.close(), this.#listener.stop()]);
  }

  #endLater(): void {
    this.#lingering = setTimeout(() => {
      this.#isListening = false;
      this.#listener.stop().catch(() => {});
    }, LINGER_MS).unref();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closed) {
      const messages = this.#waiting;
      this.#waiting = [];
      const parts = messages.flatMap(partsOf);
      await this.#sender.run({ ...NOTIFY, values: [this.#channel, parts] }).catch(() => {});
    }
  }

  #heard(payload: string | undefined): void {
    const message = this.#parts.add(payload ?? "");
    if (message !== null) for (const listener of [...this.#listeners]) listener.onMessage(message);
  }
}
