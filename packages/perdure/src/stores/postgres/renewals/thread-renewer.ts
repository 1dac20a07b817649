import { Worker } from "node:worker_threads";
import type { RenewParams } from "../../../store/contract.ts";
import { StoreRefusalError } from "../../../store/errors.ts";
import { threadOptions, workerEntry } from "../../../worker-entry.ts";
import type { LinkEvent } from "../connections/link.ts";
import type { FromRenewals, RenewalThreadData, ToRenewals } from "./messages.ts";
import { turnsEveryMs } from "./messages.ts";
import type { Renewer } from "./renewer.ts";

export interface ThreadRenewerOptions {
  readonly connectionString: string;
  /** Quoted. */
  readonly schema: string;
  readonly onEvent: (event: LinkEvent) => void;
}

interface Waiter {
  readonly resolve: (now: number) => void;
  readonly reject: (error: unknown) => void;
}

const CLOSE_MS = 500;

/**
 * Renewals from a thread of their own, which continues for a while when user code keeps this one busy (stand-in.ts). The thread is made with the
 * first renewal, so a pure client has none; one that died is replaced by the next.
 */
export class ThreadRenewer implements Renewer {
  readonly #options: ThreadRenewerOptions;
  readonly #turns = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #waiters = new Map<number, Waiter>();
  readonly #entry: URL;
  #thread: Worker | null = null;
  #turning: NodeJS.Timeout | null = null;
  #asked = 0;
  #closed = false;

  constructor(options: ThreadRenewerOptions) {
    this.#options = options;
    this.#entry = workerEntry(import.meta.url, "./renewal-thread"); // now: a file that is missing must be said before the first lease
  }

  renew(params: RenewParams): Promise<number> {
    if (this.#closed) return Promise.reject(unknown("the store was closed by this process"));
    this.#showTurns(params.leaseMs);
    const thread = this.#living();
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject });
      thread.postMessage({ kind: "renew", id, params } satisfies ToRenewals);
    });
  }

  forget(): void {
    if (this.#turning !== null) clearInterval(this.#turning);
    this.#turning = null;
    this.#thread?.postMessage({ kind: "forget" } satisfies ToRenewals);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    this.forget();
    if (thread === null) return;
    const gone = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
    thread.postMessage({ kind: "close" } satisfies ToRenewals);
    const late = setTimeout(() => void thread.terminate(), CLOSE_MS);
    await gone;
    clearTimeout(late);
  }

  #showTurns(leaseMs: number): void {
    this.#turning ??= setInterval(() => Atomics.add(this.#turns, 0, 1), turnsEveryMs(leaseMs)).unref();
  }

  #living(): Worker {
    if (this.#thread !== null) return this.#thread;
    const { connectionString, schema, onEvent } = this.#options;
    const data: RenewalThreadData = { connectionString, schema, turns: this.#turns.buffer };
    const thread = new Worker(this.#entry, { ...threadOptions(), workerData: data, name: "perdure-lease" });
    thread.unref();
    thread.on("message", (message: FromRenewals) => {
      if (message.kind === "event") onEvent(message.event);
      else this.#answer(message);
    });
    thread.on("error", (error) => onEvent({ kind: "lost", link: "lease", detail: String(error) }));
    thread.on("exit", () => {
      if (this.#thread === thread) this.#thread = null;
      for (const { reject } of this.#waiters.values()) reject(unknown("the thread that renews has ended"));
      this.#waiters.clear();
    });
    this.#thread = thread;
    return thread;
  }

  #answer(message: Exclude<FromRenewals, { readonly kind: "event" }>): void {
    const waiter = this.#waiters.get(message.id);
    this.#waiters.delete(message.id);
    if (message.kind === "renewed") waiter?.resolve(message.now);
    else waiter?.reject(new StoreRefusalError(message.refusal));
  }
}

const unknown = (detail: string) => new StoreRefusalError({ kind: "unknown", detail });
