import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { fault } from "../../../errors/perdure-error.ts";
import type { CommitReceipt } from "../../../store/commit.ts";
import { systemClocks } from "../../system-clocks.ts";
import { readPragmas } from "../pragmas.ts";
import type { Operation } from "../write/operations.ts";
import { LAYOUT_NUMBER } from "../write/wire-commit.ts";
import type { Outcome } from "../writer.ts";
import { SqliteWriter } from "../writer.ts";
import { Checkpointer } from "./checkpointer.ts";
import type { FromWriter, ThreadData, ToWriter, WireOutcome } from "./messages.ts";
import { errorToWire } from "./messages.ts";

/**
 * The thread of the writer: takes what has arrived, does it in one transaction, answers, waits for the bell.
 *
 * Round trip of a message with 0.03 ms of work in it, medians: port events 0.089 ms, Atomics.wait on a bell 0.087 ms, the same after
 * looking at the bell for 50 µs first 0.059 ms. With a single active orchestration the next commit follows after 80 to 120 µs (its caller's thread
 * has to wake up first), so the thread spins for 200 µs: 0.33 ms from one activity of a sequence to the next with 50 µs, 0.29 with 100,
 * 0.28 with 200, 0.29 with 400. A thread with nothing to do sleeps. The caller's loop spinning for the answer (setImmediate, polling the
 * port) won nothing.
 */
const LOOK_MS = 0.2;
/**
 * How soon changes by other processes are seen, while there are listeners; and after two seconds in which nothing happened. That a worker renews its lease
 * every three seconds is nothing: it made an idle process cost 0.7 % of a core instead of 0.3 %.
 */
const FOREIGN_POLL_MS = 25;
const QUIET_FOREIGN_POLL_MS = 100;
const QUIET_AFTER_MS = 2_000;
/** Three flushes that are not waited for would slow down the start of a host. */
const FIRST_COPY_MS = 300;
/** Operations in one transaction. A worker has one batch in flight, so these are mostly calls of clients. */
const GROUP_LIMIT = 512;

const { layout, options, systemClock, port, bell: shared } = workerData as ThreadData;
const bell = new Int32Array(shared);
const post = (message: FromWriter) => port.postMessage(message);

function open(): SqliteWriter | null {
  try {
    checkLayout(layout);
    const writer = new SqliteWriter(options, {
      clocks: systemClock ? systemClocks : null,
      say: (entry) => post({ kind: "said", entry }),
      onTrouble: (detail) => post({ kind: "trouble", detail }),
    });
    post({ kind: "ready", now: writer.now });
    return writer;
  } catch (error) {
    post({ kind: "notOpened", error: errorToWire(error) });
    return null;
  }
}

/** Before the file is opened: commits of another layout would write one column's value into another. */
function checkLayout(given: number | undefined): void {
  if (given !== LAYOUT_NUMBER) throw fault("THREAD_OTHER_RELEASE", LAYOUT_NUMBER, given);
}

class Loop {
  readonly #writer: SqliteWriter;
  readonly #checkpointer = new Checkpointer(options.path, options.busyTimeoutMs);
  #operations: Operation[] = [];
  #at = 0;
  #watching = false;
  #closing = false;
  #hasWritten = false;
  #busyAt = performance.now();
  /** When the log is first copied into the file: once the host is up. */
  #firstCopyAt = performance.now() + FIRST_COPY_MS;

  constructor(writer: SqliteWriter) {
    this.#writer = writer;
  }

  run(): void {
    while (!this.#closing) {
      const rung = Atomics.load(bell, 0);
      const received = this.#receive();
      if (this.#operations.length > 0) this.#write();
      else if (!received) this.#sleep(rung);
    }
    this.#checkpointer.close();
    this.#writer.close();
  }

  #receive(): boolean {
    let received = false;
    while (this.#operations.length < GROUP_LIMIT) {
      const packet = receiveMessageOnPort(port) as { readonly message: ToWriter } | undefined;
      if (packet === undefined) return received;
      received = true;
      this.#take(packet.message);
    }
    return received;
  }

  #take(message: ToWriter): void {
    switch (message.kind) {
      case "run":
        this.#at = Math.max(this.#at, message.at);
        for (const operation of message.operations) this.#operations.push(operation);
        return;
      case "watch":
        this.#watching = message.on;
        this.#busyAt = performance.now();
        return;
      case "pragmas":
        post({ kind: "pragmas", pragmas: readPragmas(this.#writer.connection()) });
        return;
      case "close":
        this.#closing = true;
    }
  }

  #write(): void {
    const operations = this.#operations;
    this.#operations = [];
    if (operations.some(({ name }) => name !== "renew")) this.#busyAt = performance.now();
    this.#hasWritten = true;
    const outcomes = this.#writer.run(operations, this.#at);
    post({ kind: "done", now: this.#writer.now, outcomes: outcomes.map((outcome, index) => toWire(outcome, operations[index])) });
    this.#copyLog();
  }

  /** Behind the answer: it is not waited for. */
  #copyLog(): void {
    try {
      this.#checkpointer.afterCommit(this.#writer.connection());
      if (performance.now() < this.#firstCopyAt) return;
      this.#firstCopyAt = Number.POSITIVE_INFINITY;
      this.#writer.copyLog();
    } catch {
      // Whatever is wrong with the file, the next transaction meets it and says so.
    }
  }

  #pollMs(): number {
    return performance.now() - this.#busyAt < QUIET_AFTER_MS ? FOREIGN_POLL_MS : QUIET_FOREIGN_POLL_MS;
  }

  #sleep(rung: number): void {
    const until = this.#hasWritten ? performance.now() + LOOK_MS : 0;
    this.#hasWritten = false;
    while (performance.now() < until) if (Atomics.load(bell, 0) !== rung) return;
    const timedOut = Atomics.wait(bell, 0, rung, this.#watching ? this.#pollMs() : undefined) === "timed-out";
    if (!timedOut) return;
    this.#writer.lookAtFiles();
    if (performance.now() >= this.#firstCopyAt) this.#copyLog();
    if (this.#writer.takeForeignChange()) {
      this.#busyAt = performance.now();
      post({ kind: "foreign" });
    }
  }
}

function toWire(outcome: Outcome, operation: Operation | undefined): WireOutcome {
  if (!outcome.ok) return errorToWire(outcome.error);
  if (operation?.name === "commit" && isEmpty(outcome.value as CommitReceipt)) return null;
  return { value: outcome.value };
}

const isEmpty = (receipt: CommitReceipt): boolean =>
  !receipt.madeReady &&
  receipt.messageSeqs.length === 0 &&
  receipt.claimed.length === 0 &&
  receipt.claimedTasks.length === 0 &&
  receipt.released.length === 0 &&
  receipt.stoppedNos.length === 0 &&
  receipt.notStarted.length === 0 &&
  receipt.undelivered.length === 0 &&
  receipt.mailFor.length === 0 &&
  receipt.owners.length === 0;

const writer = open();
if (writer !== null) new Loop(writer).run();
port.close();
