import { StoreRefusalError } from "../../store/errors.ts";
import type { Connection } from "./connection.ts";
import { openForWriting } from "./open-for-writing.ts";
import type { OpenOptions } from "./opening-fault.ts";
import { needsReopening, refusalAfterRollback, resultCode, unknown } from "./sqlite-error.ts";
import type { Operation } from "./write/operations.ts";
import { perform } from "./write/operations.ts";
import type { Tx } from "./write/tx.ts";
import { takeNumbers } from "./write/tx.ts";
import { WriterClock } from "./writer-clock.ts";

export interface WriterOptions extends OpenOptions {
  /** False: store time follows the times that come with the calls alone (tests). */
  readonly systemClock: boolean;
  /** Sleeps this long inside each transaction before it commits: what a slower disk does. For measurements. */
  readonly commitDelayMs: number;
}

export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** Numbers for clients' starts are taken from the store in blocks of this size. */
const NUMBER_BLOCK = 1_000;

/**
 * The one who writes, synchronously: on its own thread in the product, in the caller's where everything must be one event loop.
 * Operations that arrive together share a transaction and its flush.
 */
export class SqliteWriter {
  readonly #options: WriterOptions;
  readonly #clock: WriterClock;
  #connection: Connection | null = null;
  #numbers: { next: number; readonly end: number } | null = null;
  #dataVersion = -1;
  #foreignChange = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#clock = new WriterClock(options.systemClock);
    this.#open();
  }

  /** Results in the order of `operations`. `at`: store time as the caller knows it. */
  run(operations: readonly Operation[], at: number): readonly Outcome[] {
    this.#clock.learn(at);
    const outcomes = this.#attempt(operations);
    if (outcomes !== null) return outcomes;
    // One of several was refused, and took its neighbours' work with it: each for itself.
    return operations.flatMap((operation) => this.#attempt([operation]) ?? []);
  }

  /** True when another connection has committed since this was asked last. */
  takeForeignChange(): boolean {
    if (this.#connection !== null) this.#lookAtDataVersion(this.#connection);
    const changed = this.#foreignChange;
    this.#foreignChange = false;
    return changed;
  }

  get now(): number {
    return this.#clock.now();
  }

  /** The connection itself, for reads on the writer's own thread. */
  connection(): Connection {
    return this.#open();
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  /** Null when one of several failed: nothing was written then. */
  #attempt(operations: readonly Operation[]): readonly Outcome[] | null {
    const values: unknown[] = [];
    let step: "begin" | "work" | "commit" = "begin";
    try {
      const connection = this.#open();
      connection.sql("BEGIN IMMEDIATE").run();
      step = "work";
      const tx = this.#begin(connection);
      for (const operation of operations) values.push(perform(tx, operation));
      this.#persistTime(connection);
      this.#delay();
      step = "commit";
      connection.sql("COMMIT").run();
      return values.map((value) => ({ ok: true, value }));
    } catch (error) {
      const rolledBack = this.#rollBack();
      if (operations.length > 1 && step === "work" && rolledBack && !needsReopening(error)) return null;
      const refusal = this.#refusal(error, rolledBack);
      return operations.map(() => ({ ok: false, error: refusal }));
    }
  }

  #begin(connection: Connection): Tx {
    this.#lookAtDataVersion(connection);
    const now = this.#clock.now();
    return { connection, now, mintNo: () => this.#mintNo(connection) };
  }

  /** What another connection has committed may carry a later time than ours. */
  #lookAtDataVersion(connection: Connection): void {
    const version = connection.number("PRAGMA data_version");
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    this.#foreignChange = true;
    this.#clock.learn(lastTime(connection));
  }

  #mintNo(connection: Connection): number {
    if (this.#numbers === null || this.#numbers.next === this.#numbers.end) {
      const next = takeNumbers(connection, "instance_no", NUMBER_BLOCK);
      this.#numbers = { next, end: next + NUMBER_BLOCK };
    }
    const no = this.#numbers.next;
    this.#numbers.next += 1;
    return no;
  }

  #persistTime(connection: Connection): void {
    const due = this.#clock.dueForStoring();
    if (due !== null) connection.sql("UPDATE counters SET value = max(value, ?) WHERE name = 'store_time'").run(due);
  }

  #delay(): void {
    const { commitDelayMs } = this.#options;
    if (commitDelayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, commitDelayMs);
  }

  /** True when it is certain that nothing was written. */
  #rollBack(): boolean {
    this.#numbers = null;
    this.#clock.forgetStoring();
    const connection = this.#connection;
    if (connection === null || !connection.db.isOpen) return true;
    if (!connection.db.isTransaction) return true;
    try {
      connection.db.exec("ROLLBACK");
      return true;
    } catch {
      return false; // the file is closed and opened again; the outcome is settled by the marker
    }
  }

  #refusal(error: unknown, rolledBack: boolean): unknown {
    if (error instanceof StoreRefusalError) return error;
    if (!rolledBack || needsReopening(error)) {
      this.close();
      return unknown(error);
    }
    return resultCode(error) === null ? error : refusalAfterRollback(error);
  }

  #open(): Connection {
    if (this.#connection !== null) return this.#connection;
    const connection = openForWriting(this.#options);
    this.#connection = connection;
    this.#dataVersion = connection.number("PRAGMA data_version");
    this.#clock.learn(lastTime(connection));
    return connection;
  }
}

/** Store time must not fall over a restart or from one process to the next: the latest that anybody has written down. */
function lastTime(connection: Connection): number {
  return connection.number(`SELECT max(t) FROM (
    SELECT value AS t FROM counters WHERE name = 'store_time'
    UNION ALL SELECT max(created_at) FROM instances
    UNION ALL SELECT max(seen_at) FROM workers
    UNION ALL SELECT (SELECT at FROM batches b WHERE b.worker = w.worker ORDER BY n DESC LIMIT 1) FROM workers w)`);
}
