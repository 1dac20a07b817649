import { randomUUID } from "node:crypto";
import type { EndedInstances } from "../../../store/contract.ts";
import type { EngineLog } from "../../../telemetry/engine-log.ts";
import type { LinkOptions } from "../connections/link.ts";
import { Link } from "../connections/link.ts";
import type { SessionSettings } from "../connections/session.ts";
import { quoted } from "../location.ts";
import type { Hint, Hints, Wanted } from "./hints.ts";
import { Listener } from "./listener.ts";
import type { WireHint } from "./wire-hint.ts";
import { fromPayload, mergeHints, toPayload } from "./wire-hint.ts";

export interface NotifyHintsOptions extends Omit<LinkOptions, "settings"> {
  readonly schema: string;
  readonly log: EngineLog;
  readonly onWork: () => void;
  readonly onEnds: (ended: EndedInstances) => void;
}

/**
 * NOTIFY takes one lock for the whole database until its transaction is flushed: so it has a connection of its own, flushes
 * nothing, and after one hint those of the next 2 ms are one. With 5 ms each of a row of raises for an instance of another worker waited for that.
 */
const SENDER: SessionSettings = { role: "hints", statementTimeoutMs: 5_000, lockTimeoutMs: 2_000, durable: false, reads: false };
const MERGE_MS = 2;
/** To begin to listen costs a connection, a test of it, and a word to all others: so it lasts, for a caller that waits again soon. */
const LINGER_MS = 30_000;
const TEST_EVERY_MS = 60_000;
const TEST_PATIENCE_MS = 2_000;
/** A listener that has not announced itself for this time is gone. */
const PEER_GONE_MS = 2.5 * TEST_EVERY_MS;

/**
 * A queue of notifications that was once full (a listener sat in a transaction) refuses all that follow until a process asks how full it is: only that
 * frees what all have read (PostgreSQL 18, tried). So the self-test asks.
 */
const NOTIFY = {
  hint: { name: "notify", text: "SELECT pg_notify($1, $2)" },
  here: { name: "notify_here", text: "SELECT pg_notify($1, $2), pg_notification_queue_usage()" },
} as const;

/** Another process that listens. */
interface Peer {
  readonly seen: number;
  readonly waits: boolean;
}

/**
 * Wake-ups between processes over LISTEN and NOTIFY. A self-test, at the start and each minute, shows whether what is sent arrives: behind a
 * pooler that shares sessions it does not. Then nothing is lost but speed: every worker asks the store each second anyway. The test is heard by
 * all, and tells them that this one is there: a process that is alone sends nothing.
 */
export class NotifyHints implements Hints {
  readonly #options: NotifyHintsOptions;
  readonly #channel: string;
  readonly #self = randomUUID();
  readonly #sender: Link;
  readonly #listener: Listener;
  readonly #workers = new Set<number>();
  readonly #peers = new Map<string, Peer>();
  #pending: Hint | null = null;
  #sending: Promise<void> | null = null;
  #mergeTimer: NodeJS.Timeout | null = null;
  #sentAt = Number.NEGATIVE_INFINITY;
  #waits = false;
  #lingering: NodeJS.Timeout | null = null;
  #testTimer: NodeJS.Timeout | null = null;
  #patience: NodeJS.Timeout | null = null;
  #nonce = 0;
  #state: "off" | "untested" | "hears" | "deaf" = "off";
  #closed = false;

  constructor(options: NotifyHintsOptions) {
    this.#options = options;
    const { driver, connectionString, schema } = options;
    this.#channel = `perdure:${schema}`;
    // Its clock tells nothing, and a lost hint is not an error.
    this.#sender = new Link({ ...options, settings: SENDER, testNow: null, onEvent: () => {} });
    this.#listener = new Listener({
      driver,
      connectionString,
      channel: quoted(this.#channel),
      onPayload: (payload) => this.#heard(fromPayload(payload)),
      onListening: () => this.#listening(),
    });
  }

  send(hint: Hint): void {
    if (this.#closed) return;
    const wanted = this.#wanted(hint);
    if (wanted === null) return;
    this.#pending = mergeHints(this.#pending, wanted);
    this.#schedule();
  }

  watch(wanted: Wanted): void {
    if (this.#closed) return;
    if (this.#lingering !== null) clearTimeout(this.#lingering);
    this.#lingering = null;
    const isLess = (!wanted.on && this.#state !== "off") || (!wanted.ends && this.#waits);
    if (isLess) this.#lingering = setTimeout(() => this.#watch(wanted), LINGER_MS).unref();
    else this.#watch(wanted);
  }

  #watch({ on, ends }: Wanted): void {
    if (this.#closed) return;
    const changed = ends !== this.#waits;
    this.#waits = ends;
    if (on === (this.#state !== "off")) {
      if (on && changed) this.#sayHere(0);
      return;
    }
    this.#state = on ? "untested" : "off";
    if (on) this.#listener.start();
    else {
      this.#stopTests();
      this.#listener.stop().catch(() => {});
    }
  }

  joined(worker: number): void {
    this.#workers.add(worker);
  }

  left(worker: number): void {
    this.#workers.delete(worker);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#state = "off";
    this.#stopTests();
    if (this.#lingering !== null) clearTimeout(this.#lingering);
    if (this.#mergeTimer !== null) clearTimeout(this.#mergeTimer);
    // What was to be told is told still: a worker that leaves hands over what it had.
    await this.#sending;
    this.#flush();
    await this.#sending;
    await Promise.all([this.#sender.close(), this.#listener.stop()]);
  }

  /**
   * What of it others may want to hear. Nothing, when this process hears and has heard of no other; mail for its own workers it told itself; and
   * ends only while there are waits. Where nothing is heard, others may be there all the same.
   */
  #wanted(hint: Hint): Hint | null {
    const gone = performance.now() - PEER_GONE_MS;
    for (const [peer, { seen }] of this.#peers) if (seen < gone) this.#peers.delete(peer);
    const isSure = this.#state === "hears";
    if (isSure && this.#peers.size === 0) return null;
    const owners = hint.owners.filter((owner) => !this.#workers.has(owner));
    const waited = !isSure || [...this.#peers.values()].some(({ waits }) => waits);
    const ended = waited ? hint.ended : [];
    return !hint.ready && owners.length === 0 && ended?.length === 0 ? null : { ready: hint.ready, owners, ended };
  }

  /** The first goes at once; what follows within 2 ms, or while it is on its way, goes together. */
  #schedule(): void {
    if (this.#pending === null || this.#mergeTimer !== null || this.#sending !== null) return;
    const wait = this.#sentAt + MERGE_MS - performance.now();
    if (wait <= 0) this.#flush();
    else
      this.#mergeTimer = setTimeout(() => {
        this.#mergeTimer = null;
        this.#flush();
      }, wait).unref();
  }

  #flush(): void {
    const hint = this.#pending;
    if (hint === null || this.#sending !== null) return;
    this.#pending = null;
    this.#sentAt = performance.now();
    this.#sending = this.#notify({ kind: "hint", from: this.#self, ...hint }).finally(() => {
      this.#sending = null;
      if (!this.#closed) this.#schedule();
    });
  }

  async #notify(hint: WireHint): Promise<void> {
    const values = [this.#channel, toPayload(hint)];
    await this.#sender.run({ ...NOTIFY[hint.kind], values }).catch(() => {});
  }

  #sayHere(nonce: number): void {
    this.#notify({ kind: "here", from: this.#self, nonce, waits: this.#waits }).catch(() => {});
  }

  #listening(): void {
    if (this.#state === "off") return;
    this.#options.onWork();
    this.#options.onEnds(null);
    this.#test();
  }

  #test(): void {
    this.#stopTests();
    this.#nonce += 1;
    this.#sayHere(this.#nonce);
    this.#patience = setTimeout(() => this.#becomeDeaf(), TEST_PATIENCE_MS).unref();
    this.#testTimer = setTimeout(() => (this.#state === "deaf" ? this.#listener.restart() : this.#test()), TEST_EVERY_MS).unref();
  }

  #stopTests(): void {
    if (this.#patience !== null) clearTimeout(this.#patience);
    if (this.#testTimer !== null) clearTimeout(this.#testTimer);
  }

  #heard(hint: WireHint | null): void {
    if (hint === null || this.#state === "off") return;
    if (hint.from === this.#self) {
      if (hint.kind === "here" && hint.nonce === this.#nonce) this.#becomeHearing();
      return;
    }
    const isNew = !this.#peers.has(hint.from);
    if (hint.kind === "here") {
      this.#peers.set(hint.from, { seen: performance.now(), waits: hint.waits });
      if (isNew) this.#sayHere(0); // so that it knows of us
      return;
    }
    if (hint.ready || hint.owners.some((owner) => this.#workers.has(owner))) this.#options.onWork();
    this.#options.onEnds(hint.ended);
  }

  #becomeHearing(): void {
    if (this.#patience !== null) clearTimeout(this.#patience);
    if (this.#state === "deaf") this.#say("info", "store.hints", "Wake-ups between processes arrive again (LISTEN/NOTIFY).");
    this.#state = "hears";
  }

  #becomeDeaf(): void {
    if (this.#state === "off" || this.#state === "deaf") return;
    this.#state = "deaf";
    this.#say(
      "warn",
      "store.deaf",
      "Wake-ups between processes do not arrive (LISTEN/NOTIFY): the database is away, or reached through a pooler that shares sessions. Workers ask it each second instead.",
    );
  }

  #say(level: "info" | "warn", event: string, message: string): void {
    this.#options.log.write({ level, event, message, fields: { channel: this.#channel } });
  }
}
