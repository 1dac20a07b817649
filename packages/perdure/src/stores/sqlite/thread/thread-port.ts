import type { MessagePort } from "node:worker_threads";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { isOtherRelease, StoreRefusalError } from "../../../store/errors.ts";
import type { LogEntry } from "../../../telemetry/engine-log.ts";
import { errorText } from "../../../telemetry/value-text.ts";
import { threadOptions, workerEntry } from "../../../worker-entry.ts";
import type { StoreTime } from "../store-time.ts";
import { emptyReceipt } from "../write/empty-receipt.ts";
import type { Operation, OperationName, ParamsOf, ResultOf } from "../write/operations.ts";
import { LAYOUT_NUMBER } from "../write/wire-commit.ts";
import type { WriterOptions } from "../writer.ts";
import type { Pragmas, WriterPort } from "../writer-port.ts";
import type { FromWriter, ThreadData, ToWriter, WireOutcome } from "./messages.ts";
import { errorFromWire } from "./messages.ts";

interface Waiter {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface ThreadHost {
  readonly time: StoreTime;
  readonly systemClock: boolean;
  readonly onForeign: () => void;
  readonly say: (entry: LogEntry) => void;
  readonly onTrouble: (detail: string | null) => void;
}

/** The writer on a thread of its own. Calls of one turn go in one message; answers come in the order of the calls. */
export class ThreadPort implements WriterPort {
  readonly #options: WriterOptions;
  readonly #host: ThreadHost;
  #thread: WriterThread | null = null;
  #watching = false;
  #closed = false;

  private constructor(options: WriterOptions, host: ThreadHost) {
    this.#options = options;
    this.#host = host;
  }

  static async open(options: WriterOptions, host: ThreadHost): Promise<ThreadPort> {
    const port = new ThreadPort(options, host);
    await port.#living().ready;
    return port;
  }

  call<Name extends OperationName>(name: Name, params: ParamsOf<Name>): Promise<ResultOf<Name>> {
    return this.#living().call({ name, params }) as Promise<ResultOf<Name>>;
  }

  /** Said only when it is news: it makes the thread look often for a while. */
  watch(on: boolean): void {
    if (on === this.#watching) return;
    this.#watching = on;
    this.#thread?.post({ kind: "watch", on });
  }

  pragmas(): Promise<Pragmas> {
    return this.#living().pragmas();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.close();
  }

  /** A thread that died is replaced: the callers that waited have learnt that the outcome is unknown. */
  #living(): WriterThread {
    if (this.#closed) throw new StoreRefusalError({ kind: "unknown", detail: "the store is closed" });
    if (this.#thread === null || this.#thread.isGone) {
      this.#thread = new WriterThread(this.#options, this.#host);
      if (this.#watching) this.#thread.post({ kind: "watch", on: true });
    }
    return this.#thread;
  }
}

class WriterThread {
  readonly ready: Promise<void>;
  isGone = false;
  readonly #host: ThreadHost;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #bell = new Int32Array(new SharedArrayBuffer(4));
  readonly #waiters: Waiter[] = [];
  #answered = 0;
  #outbox: Operation[] = [];
  #pragmaWaiters: Waiter[] = [];
  #opening: Waiter | null = null;
  readonly #exited: Promise<void>;

  constructor(options: WriterOptions, host: ThreadHost) {
    this.#host = host;
    const { port1, port2 } = new MessageChannel();
    const data: ThreadData = { layout: LAYOUT_NUMBER, options, systemClock: host.systemClock, port: port2, bell: this.#bell.buffer };
    workerEntry(import.meta.url, "./checkpoint-thread"); // the writer starts it, later: a file that is missing must be said now
    this.#worker = new Worker(workerEntry(import.meta.url, "./writer-thread"), {
      ...threadOptions(),
      workerData: data,
      transferList: [port2],
      name: "perdure-store",
    });
    this.#port = port1;
    this.ready = new Promise((resolve, reject) => {
      this.#opening = { resolve: () => resolve(), reject };
    });
    this.ready.catch(() => {}); // told to the caller that waits for it; later calls learn it as an unknown outcome
    port1.on("message", (message: FromWriter) => this.#take(message));
    let cause = "the writer's thread has ended";
    this.#worker.on("error", (error) => {
      cause = `the writer's thread has died: ${errorText(error)}`;
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", () => {
        this.#takeRest();
        this.#gone(cause);
        resolve();
      });
    });
  }

  call(operation: Operation): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#hold();
      this.#waiters.push({ resolve, reject });
      const isFirst = this.#outbox.push(operation) === 1;
      // A group commit is a batch already, and the writer may be idle.
      if (operation.name === "commit") this.#flush();
      else if (isFirst) queueMicrotask(() => this.#flush());
    });
  }

  pragmas(): Promise<Pragmas> {
    return new Promise((resolve, reject) => {
      this.#hold();
      this.#pragmaWaiters.push({ resolve: (value) => resolve(value as Pragmas), reject });
      this.post({ kind: "pragmas" });
    });
  }

  post(message: ToWriter): void {
    this.#port.postMessage(message);
    Atomics.add(this.#bell, 0, 1);
    Atomics.notify(this.#bell, 0);
  }

  async close(): Promise<void> {
    if (!this.isGone) {
      this.#port.ref();
      this.#worker.ref();
      this.#flush();
      this.post({ kind: "close" });
    }
    await this.#exited;
  }

  #flush(): void {
    if (this.#outbox.length === 0 || this.isGone) return;
    const operations = this.#outbox;
    this.#outbox = [];
    try {
      this.post({ kind: "run", at: this.#host.time.now(), operations });
    } catch {
      this.#flushOneByOne(operations);
    }
  }

  /** One of them cannot be copied to another thread: that one fails, and its neighbours go. */
  #flushOneByOne(operations: readonly Operation[]): void {
    const waiters = this.#waiters.splice(-operations.length);
    operations.forEach((operation, index) => {
      const waiter = waiters[index];
      if (waiter === undefined) return;
      try {
        this.post({ kind: "run", at: this.#host.time.now(), operations: [operation] });
        this.#waiters.push(waiter);
      } catch (error) {
        waiter.reject(error);
      }
    });
    this.#letGo();
  }

  /** While a call waits for an answer the process stays; an idle store keeps no process alive. */
  #hold(): void {
    if (this.#pending === 0) this.#port.ref();
  }

  #letGo(): void {
    if (this.#pending === 0 && this.#opening === null) this.#port.unref();
  }

  get #pending(): number {
    return this.#waiters.length - this.#answered + this.#pragmaWaiters.length;
  }

  #take(message: FromWriter): void {
    switch (message.kind) {
      case "ready":
        this.#host.time.learn(message.now);
        this.#worker.unref();
        this.#opening?.resolve(undefined);
        this.#opening = null;
        break;
      case "notOpened":
        this.#notOpened(errorFromWire(message.error));
        break;
      case "done":
        this.#host.time.learn(message.now);
        for (const outcome of message.outcomes) this.#answerCall(outcome, message.now);
        break;
      case "pragmas":
        this.#pragmaWaiters.shift()?.resolve(message.pragmas);
        break;
      case "foreign":
        this.#host.onForeign();
        break;
      case "said":
        this.#host.say(message.entry);
        break;
      case "trouble":
        this.#host.onTrouble(message.detail);
        break;
    }
    this.#letGo();
  }

  /** Nothing was written by a thread of another release; where the file could not be opened, another thread may have written before. */
  #notOpened(error: Error): void {
    this.#opening?.reject(error);
    this.#opening = null;
    this.#gone(error.message, isOtherRelease(error) ? error : undefined);
  }

  /** Its last messages may still be in the port when the thread has ended. */
  #takeRest(): void {
    while (!this.isGone) {
      const packet = receiveMessageOnPort(this.#port) as { readonly message: FromWriter } | undefined;
      if (packet === undefined) return;
      this.#take(packet.message);
    }
  }

  #answerCall(outcome: WireOutcome, now: number): void {
    const waiter = this.#waiters[this.#answered];
    this.#answered += 1;
    if (this.#answered === this.#waiters.length || this.#answered === 1_024) {
      this.#waiters.splice(0, this.#answered);
      this.#answered = 0;
    }
    if (outcome === null) waiter?.resolve(emptyReceipt(now));
    else if ("value" in outcome) waiter?.resolve(outcome.value);
    else waiter?.reject(errorFromWire(outcome));
  }

  #gone(detail: string, error: Error = new StoreRefusalError({ kind: "unknown", detail })): void {
    if (this.isGone) return;
    this.isGone = true;
    const waiting = [...this.#waiters.slice(this.#answered), ...this.#pragmaWaiters];
    this.#waiters.length = 0;
    this.#answered = 0;
    this.#pragmaWaiters = [];
    this.#opening?.reject(error);
    this.#opening = null;
    for (const waiter of waiting) waiter.reject(error);
    this.#port.close();
  }
}
