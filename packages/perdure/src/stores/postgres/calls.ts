import { faultFrom } from "../../errors/perdure-error.ts";
import type { Link, Row, Statement } from "./connections/link.ts";
import type { Pool } from "./connections/pool.ts";
import { endsConnection, NotConnectedError, refusalFor, textOf } from "./postgres-error.ts";

export interface Connections {
  /** The worker's ordered stream: commit, re-fence, marker. */
  readonly stream: Link;
  /** Reads and client calls. */
  readonly pool: Pool;
  /** A connection for one long read; the reader closes it. */
  extra(): Link;
}

/**
 * The server sleeps whole milliseconds, and one more when it woke a little early: asked for 1 ms it took 2.2 ms, asked for half a millisecond 1.1 ms
 * (PostgreSQL 18, 2026-11-21).
 */
const SLEEPS_SHORTER_MS = 0.5;

const PLACES = Array.from({ length: 20 }, (_, index) => `$${index + 1}`);

/** How this room speaks to its database: functions by name, statements, and the time that both bring back. */
export class Calls {
  readonly schema: string;
  readonly connections: Connections;
  #now = 0;

  constructor(schema: string, connections: Connections) {
    this.schema = schema;
    this.connections = connections;
  }

  /** One function, its one row. Rejects with what the engine understands. */
  async call(link: Link | Pool, name: string, values: readonly unknown[]): Promise<Row> {
    try {
      return await this.#row(link, name, values);
    } catch (error) {
      throw refusalFor(error);
    }
  }

  /** `delayMs`: slept inside the transaction, before it commits. */
  async commit(values: readonly unknown[], delayMs: number): Promise<Row> {
    if (delayMs === 0) return await this.call(this.connections.stream, "commit_batch", values);
    const places = PLACES.slice(0, values.length).join(", ");
    const text = `SELECT c.commit_batch, pg_sleep(${(delayMs - SLEEPS_SHORTER_MS) / 1_000}) FROM ${this.schema}.commit_batch(${places}) AS c (commit_batch)`;
    try {
      return (await this.connections.stream.run({ name: "commit_batch_delayed", text, values })).rows[0] ?? {};
    } catch (error) {
      throw refusalFor(error);
    }
  }

  /** As {@link call}, by way of the pool. */
  async callForClient(name: string, values: readonly unknown[]): Promise<Row> {
    try {
      return await this.#row(this.connections.pool, name, values);
    } catch (error) {
      throw refusalFor(error);
    }
  }

  async read(statement: Statement): Promise<readonly Row[]> {
    try {
      return (await this.connections.pool.run(statement)).rows;
    } catch (error) {
      throw isAway(error) ? faultFrom(error, "STORE_UNAVAILABLE", textOf(error)) : refusalFor(error);
    }
  }

  /** Store time as this process tells it: it never goes back, even where the database's clock does. */
  learn(now: unknown): number {
    if (typeof now === "number" && now > this.#now) this.#now = now;
    return this.#now;
  }

  async #row(link: Link | Pool, name: string, values: readonly unknown[]): Promise<Row> {
    const text = `SELECT * FROM ${this.schema}.${name}(${PLACES.slice(0, values.length).join(", ")})`;
    const { rows } = await link.run({ name, text, values });
    return rows[0] ?? {};
  }
}

const isAway = (error: unknown): boolean => error instanceof NotConnectedError || endsConnection(error);
