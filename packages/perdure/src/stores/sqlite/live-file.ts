import { chmodSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { LiveBus, LiveListener } from "../../store/live-bus.ts";
import { LONGEST_LIVE_MESSAGE } from "../../store/live-bus.ts";
import { Connection } from "./connection.ts";

const LOOK_EVERY_MS = 50;
/** Who listens has read it by then. */
const KEEP_MS = 5_000;
/** A message is not worth more of this thread's time. */
const BUSY_MS = 20;

/** Of each connection. */
const UNFLUSHED = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF";
const MAKE = "CREATE TABLE IF NOT EXISTS said (n INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, message TEXT NOT NULL)";

/**
 * Messages among the processes of a database file, in a small file beside it: nothing in it is flushed, and it may be deleted while no process has the database open. Made by the first
 * message or listener. Who listens asks SQLite twenty times a second whether the file has changed: 5 µs each.
 */
export class LiveFile implements LiveBus {
  readonly #path: string;
  readonly #owner: string;
  readonly #listeners = new Set<LiveListener>();
  #connection: Connection | null = null;
  #read = 0;
  #version: unknown = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /** `database`: its path. */
  constructor(database: string) {
    this.#path = `${database}-live`;
    this.#owner = database;
  }

  send(message: string): void {
    if (message.length > LONGEST_LIVE_MESSAGE) return;
    this.#try((connection) => {
      const now = Date.now();
      connection.db.exec("BEGIN IMMEDIATE");
      try {
        connection.sql("DELETE FROM said WHERE at < ? OR at > ?").run(now - KEEP_MS, now + KEEP_MS);
        connection.sql("INSERT INTO said (at, message) VALUES (?, ?)").run(now, message);
        connection.db.exec("COMMIT");
      } catch (error) {
        connection.db.exec("ROLLBACK");
        throw error;
      }
    });
  }

  listen(listener: LiveListener): () => void {
    if (this.#listeners.size === 0) this.#begin();
    this.#listeners.add(listener);
    listener.onReady();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#end();
    };
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#end();
    this.#forget();
  }

  #begin(): void {
    this.#try((connection) => {
      this.#read = connection.number("SELECT max(n) FROM said");
    });
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  #end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const messages: string[] = [];
    this.#try((connection) => {
      const version = connection.value("PRAGMA data_version");
      if (version === this.#version) return;
      this.#version = version;
      for (const { n, message } of connection.sql("SELECT n, message FROM said WHERE n > ? ORDER BY n").all(this.#read)) {
        this.#read = Number(n);
        messages.push(String(message));
      }
    });
    for (const message of messages) for (const listener of [...this.#listeners]) listener.onMessage(message);
  }

  /** Whatever is wrong with the file, the next try opens it again: a message is never worth an error. */
  #try(act: (connection: Connection) => void): void {
    if (this.#closed) return;
    try {
      this.#connection ??= this.#open();
      act(this.#connection);
    } catch {
      this.#forget();
    }
  }

  #open(): Connection {
    const made = new DatabaseSync(this.#path, { timeout: BUSY_MS });
    made.exec(`${UNFLUSHED}; ${MAKE}`);
    made.close();
    // As private as the database that it belongs to.
    chmodSync(this.#path, statSync(this.#owner).mode & 0o777);
    const connection = new Connection(this.#path, { readOnly: false, busyTimeoutMs: BUSY_MS });
    connection.db.exec(UNFLUSHED);
    this.#version = null;
    return connection;
  }

  #forget(): void {
    const connection = this.#connection;
    this.#connection = null;
    try {
      connection?.close();
    } catch {}
  }
}
