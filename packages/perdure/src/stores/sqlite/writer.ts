import { fault } from "../../errors/perdure-error.ts";
import { StoreRefusalError } from "../../store/errors.ts";
import type { LogEntry } from "../../telemetry/engine-log.ts";
import type { Clocks, TimeAnchor } from "../steady-time.ts";
import type { Connection } from "./connection.ts";
import type { FileTrouble } from "./file-watch.ts";
import { FileWatch, troubleText } from "./file-watch.ts";
import { lastTime } from "./last-time.ts";
import { clearMark, copyLogWithMark, framesLeft } from "./log-mark.ts";
import { openAgain, openForWriting } from "./open-for-writing.ts";
import type { OpenOptions } from "./opening-fault.ts";
import { SCHEMA_VERSION } from "./schema/index.ts";
import { needsReopening, refusalAfterRollback, unknown } from "./sqlite-error.ts";
import type { Operation } from "./write/operations.ts";
import { perform } from "./write/operations.ts";
import type { Tx } from "./write/tx.ts";
import { takeNumbers } from "./write/tx.ts";
import { WriterClock } from "./writer-clock.ts";

export interface WriterOptions extends OpenOptions {
  /** Sleeps this long inside each transaction before it commits: what a slower disk does. For measurements. */
  readonly commitDelayMs: number;
}

export interface WriterParts {
  /** Null: store time follows the times that come with the calls alone (tests). */
  readonly clocks: Clocks | null;
  readonly say: (entry: LogEntry) => void;
  /** The files under their names are not those that are open (null: they are again): nothing is read or written. */
  readonly onTrouble: (detail: string | null) => void;
  /** Most pages that the file may have, asked before each transaction: a disk that is full (tests). */
  readonly maxPages?: () => number;
}

export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** Numbers for clients' starts are taken from the store in blocks of this size. */
const NUMBER_BLOCK = 1_000;
/** What is written into a file that was deleted is lost with this process: so long it may go unnoticed. A look costs 10 µs. */
const LOOK_AT_FILES_MS = 25;

/**
 * The one who writes, synchronously: on its own thread in the product, in the caller's where everything must be one event loop.
 * Operations that arrive together share a transaction and its flush.
 */
export class SqliteWriter {
  readonly #options: WriterOptions;
  readonly #parts: WriterParts;
  readonly #clock: WriterClock;
  readonly #files: FileWatch;
  #lookedAt = 0;
  #trouble: FileTrouble | null = null;
  #wasOpen = false;
  #connection: Connection | null = null;
  #numbers: { next: number; readonly end: number } | null = null;
  #dataVersion = -1;
  /** The data version at which the schema was that of this release. */
  #schemaKnownAt = -1;
  #foreignChange = false;

  constructor(options: WriterOptions, parts: WriterParts) {
    this.#options = options;
    this.#parts = parts;
    this.#clock = new WriterClock(parts.clocks, parts.say);
    this.#files = new FileWatch(options.path);
    this.#open();
  }

  /** Results in the order of `operations`. `at`: store time as the caller knows it. */
  run(operations: readonly Operation[], at: number): readonly Outcome[] {
    this.#clock.learnFromCaller(at);
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

  /** Copies the log into the file, so that a later start can tell when it is missing. */
  copyLog(): void {
    if (this.#trouble === null) copyLogWithMark(this.#open());
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = null;
    if (connection === null) return;
    try {
      if (this.#trouble === null) clearMark(connection);
    } catch {
      // A full disk, for example: the log cannot be copied then either, and stays where it is.
    }
    connection.close();
    this.#files.forgetBeside();
  }

  /** Asked between transactions too: an idle process must notice as well. */
  lookAtFiles(): void {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_AT_FILES_MS) return;
    this.#lookedAt = now;
    const trouble = this.#files.trouble();
    const known = this.#trouble;
    this.#trouble = trouble;
    if (trouble?.what === known?.what) return;
    this.#parts.onTrouble(trouble === null ? null : TROUBLE);
    const { say } = this.#parts;
    if (trouble === null) say({ level: "info", event: "store.files-back", message: `The files of the store are back`, fields: {} });
    else {
      const saved = this.#saveLog(trouble);
      const message = `${troubleText(trouble)}: nothing more is accepted. ${saved}`;
      say({ level: "error", event: "store.files-gone", message, fields: { ...trouble } });
    }
  }

  /** The log that lost its name is still open: what it holds goes into the database, unless another process has begun another log in its place. */
  #saveLog({ what, how }: FileTrouble): string {
    if (what === "database") return "Put the file back under its name, or restart this process; what it wrote since then is lost.";
    try {
      const isSaved = how === "missing" && this.#connection !== null && framesLeft(this.#connection, "PASSIVE") === 0;
      if (isSaved) return "What was accepted has been saved in the database file. Restart every process that has it open.";
    } catch {
      // logged below
    }
    return "Put the file back under its name, or restart every process that has the database open; what they wrote last may be lost.";
  }

  /** Null when one of several failed: nothing was written then. */
  #attempt(operations: readonly Operation[]): readonly Outcome[] | null {
    const values: unknown[] = [];
    let step: "begin" | "work" | "commit" = "begin";
    try {
      this.lookAtFiles();
      this.#refuseTrouble();
      const connection = this.#open();
      const { maxPages } = this.#parts;
      if (maxPages !== undefined) connection.db.exec(`PRAGMA max_page_count = ${maxPages()}`);
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
      if (operations.length > 1 && step !== "begin" && rolledBack && !needsReopening(error)) return null;
      const refusal = this.#refusal(error, rolledBack);
      return operations.map(() => ({ ok: false, error: refusal }));
    }
  }

  #refuseTrouble(): void {
    if (this.#trouble !== null) throw new StoreRefusalError({ kind: "busy", detail: TROUBLE });
  }

  #begin(connection: Connection): Tx {
    this.#lookAtDataVersion(connection);
    this.#refuseOtherSchema(connection);
    const now = this.#clock.now();
    const stopwatch = this.#parts.clocks === null ? null : () => performance.now();
    return { connection, now, openSlots: new Set(), mintNo: () => this.#mintNo(connection), stopwatch };
  }

  /** A newer release may have migrated the file while it was open here: asked only after another connection has committed. */
  #refuseOtherSchema(connection: Connection): void {
    if (this.#schemaKnownAt === this.#dataVersion) return;
    const version = connection.number("PRAGMA user_version");
    const why = `they have schema version ${version}, and this process writes version ${SCHEMA_VERSION}`;
    if (version !== SCHEMA_VERSION) throw fault("STORE_OTHER_RELEASE", "tables", why);
    this.#schemaKnownAt = this.#dataVersion;
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
    if (due === null) return;
    connection.sql("UPDATE counters SET value = max(value, ?) WHERE name = 'store_time'").run(due.time);
    if (due.anchor === null) return;
    const { time, uptime, boot } = due.anchor;
    connection.sql(STORE_ANCHOR).run(time, uptime, boot);
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
      return false; // the file is closed and opened again; the marker tells the outcome
    }
  }

  #refusal(error: unknown, rolledBack: boolean): unknown {
    if (error instanceof StoreRefusalError) return error;
    if (!rolledBack || needsReopening(error)) this.close();
    return rolledBack ? refusalAfterRollback(error) : unknown(error);
  }

  #open(): Connection {
    if (this.#connection !== null) return this.#connection;
    if (this.#wasOpen) {
      this.#lookedAt = Number.NEGATIVE_INFINITY;
      this.lookAtFiles();
      this.#refuseTrouble();
    }
    const connection = this.#wasOpen ? openAgain(this.#options) : openForWriting(this.#options);
    this.#wasOpen = true;
    this.#connection = connection;
    this.#dataVersion = connection.number("PRAGMA data_version");
    this.#schemaKnownAt = -1;
    this.#clock.begin(lastTime(connection), storedAnchor(connection));
    this.#files.trouble();
    return connection;
  }
}

/** No path: it goes to callers. */
const TROUBLE = "its files were deleted or replaced while this process had them open";

const STORE_ANCHOR = "INSERT OR REPLACE INTO counters (name, value) VALUES ('anchor_time', ?), ('anchor_uptime', ?), ('anchor_boot', ?)";

function storedAnchor(connection: Connection): TimeAnchor | null {
  const read = (name: string) => connection.value("SELECT value FROM counters WHERE name = ?", name);
  const [time, uptime, boot] = [read("anchor_time"), read("anchor_uptime"), read("anchor_boot")];
  return typeof time === "number" && typeof uptime === "number" && typeof boot === "number" ? { time, uptime, boot } : null;
}
