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
    return await this.#run(link, this.#statement(name, values));
  }

  /** `delayMs`: slept inside the transaction, before it commits. */
  async commit(values: readonly unknown[], delayMs: number): Promise<Row> {
    const places = PLACES.slice(0, values.length).join(", ");
    return await this.#run(this.connections.stream, { ...this.#commitStatement(places, delayMs), values });
  }

  /** As {@link call}, by way of the pool. */
  callForClient(name: string, values: readonly unknown[]): Promise<Row> {
    return this.call(this.connections.pool, name, values);
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

  /** One value, so without FROM: what is called there gives rows, which the server keeps in a store of their own first. */
  #commitStatement(places: string, delayMs: number): Statement {
    if (delayMs === 0) return { name: "commit_batch", text: `SELECT ${this.schema}.commit_batch(${places})` };
    const sleep = `pg_sleep(${(delayMs - SLEEPS_SHORTER_MS) / 1_000})`;
    return {
      name: "commit_batch_delayed",
      text: `SELECT c.commit_batch, ${sleep} FROM ${this.schema}.commit_batch(${places}) AS c (commit_batch)`,
    };
  }

  #statement(name: string, values: readonly unknown[]): Statement {
    return { name, text: `SELECT * FROM ${this.schema}.${name}(${PLACES.slice(0, values.length).join(", ")})`, values };
  }

  async #run(link: Link | Pool, statement: Statement): Promise<Row> {
    try {
      return (await link.run(statement)).rows[0] ?? {};
    } catch (error) {
      throw refusalFor(error);
    }
  }
}

const isAway = (error: unknown): boolean => error instanceof NotConnectedError || endsConnection(error);
