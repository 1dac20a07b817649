import type { QueryResult } from "pg";
import { doublingPauseMs, spreadOutMs } from "../../../process/doubling-pause.ts";
import type { Driver, PgClient } from "../driver.ts";
import { columnTypes } from "../driver.ts";
import { endsConnection, isReadOnly, NotConnectedError, textOf } from "../postgres-error.ts";
import { endClient, settles } from "./end-client.ts";
import type { SessionSettings } from "./session.ts";
import { clientConfig, prepareSession } from "./session.ts";

export type Row = { readonly [column: string]: unknown };

export interface Statement {
  /** Prepared under this name, once for each connection. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export interface LinkOptions {
  readonly driver: Driver;
  readonly connectionString: string;
  readonly settings: SessionSettings;
  /** Steers the database's clock (tests). */
  readonly testNow: (() => number) | null;
  readonly onEvent: (event: LinkEvent) => void;
}

export interface LinkEvent {
  readonly kind: "lost" | "refused" | "read-only" | "back";
  readonly link: string;
  readonly detail: string;
}

const PAUSES = { firstMs: 100, longestMs: 5_000 };
const LOOK_FOR_WRITES_MS = 100;

/**
 * One connection that comes back by itself. States: none → opening → open → (lost) none. While it is away calls fail at once, and one of them
 * tries again when the pause is over: pauses double up to 5 s, with jitter, so that a fleet does not storm a server that has just come back.
 */
export class Link {
  readonly #options: LinkOptions;
  #client: PgClient | null = null;
  #opening: Promise<PgClient> | null = null;
  #failures = 0;
  #retryAt = 0;
  #readOnly = false;
  #lookAt = 0;
  #lastProblem = "";
  #testTime = "";
  #pending = 0;
  /** Resolves when the call that came last is answered. */
  #last: Promise<void> | null = null;
  #closed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#pending;
  }

  /** Rejects with NotConnectedError when nothing was sent. */
  async run(statement: Statement): Promise<QueryResult<Row>> {
    this.#pending += 1;
    try {
      const client = this.#client ?? (await this.open());
      if (this.#options.testNow !== null) await this.#steerTime(client, this.#options.testNow);
      return await this.#query(client, statement);
    } finally {
      this.#pending -= 1;
    }
  }

  open(): Promise<PgClient> {
    if (this.#client !== null) return Promise.resolve(this.#client);
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#opening !== null) await settles(this.#opening); // who opens it ends it
    const client = this.#client;
    this.#client = null;
    if (client !== null) await endClient(client);
  }

  /** One at a time, in the order of the calls: a queue inside `pg` is on its way out, and could not tell what was never sent. */
  async #query(client: PgClient, statement: Statement): Promise<QueryResult<Row>> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    if (before !== null) await before;
    try {
      if (this.#client !== client) throw new NotConnectedError("the connection was lost before this call's turn");
      return await this.#send(client, statement);
    } finally {
      if (this.#last === promise) this.#last = null;
      resolve();
    }
  }

  async #send(client: PgClient, statement: Statement): Promise<QueryResult<Row>> {
    try {
      const values = statement.values === undefined ? [] : [...statement.values];
      const result = await client.query<Row>({ ...statement, values });
      if (this.#readOnly) await this.#lookForWrites(client).catch(() => {});
      return result;
    } catch (error) {
      if (isReadOnly(error)) this.#refusesWrites(client, error);
      else if (endsConnection(error)) this.#lose(client, error);
      throw error;
    }
  }

  async #connect(): Promise<PgClient> {
    const { driver, connectionString, settings } = this.#options;
    if (this.#closed) throw new NotConnectedError("the store was closed by this process");
    if (!this.#readOnly && performance.now() < this.#retryAt) throw new NotConnectedError(this.#lastProblem);
    const client = new driver.Client({ ...clientConfig(connectionString, settings), types: columnTypes(driver) });
    client.on("error", (error) => this.#lose(client, error));
    try {
      await client.connect();
      await prepareSession(client, settings);
    } catch (error) {
      this.#failed(error);
      client.end().catch(() => {});
      throw new NotConnectedError(`no connection: ${textOf(error)}`, { cause: error });
    }
    if (this.#closed) {
      await endClient(client);
      throw new NotConnectedError("the store was closed by this process");
    }
    if (!this.#readOnly) this.#isBack();
    this.#testTime = "";
    this.#client = client;
    return client;
  }

  #failed(error: unknown): void {
    this.#readOnly = false;
    this.#failures += 1;
    this.#retryAt = performance.now() + pauseAfter(this.#failures);
    this.#lastProblem = `no connection: ${textOf(error)}`;
    if (this.#failures === 1 || this.#failures % 20 === 0)
      this.#options.onEvent({ kind: "refused", link: this.#options.settings.role, detail: textOf(error) });
  }

  #isBack(): void {
    if (this.#failures > 0) this.#options.onEvent({ kind: "back", link: this.#options.settings.role, detail: "" });
    this.#failures = 0;
  }

  /**
   * It may have become a standby, so another connection may lead elsewhere: tried again after the same pauses as a lost one. Reads go on over
   * the one that is there.
   */
  #refusesWrites(client: PgClient, error: unknown): void {
    const now = performance.now();
    if (this.#client !== client || (this.#readOnly && now < this.#retryAt)) return;
    if (!this.#readOnly) this.#options.onEvent({ kind: "read-only", link: this.#options.settings.role, detail: textOf(error) });
    this.#readOnly = true;
    this.#failures += 1;
    this.#retryAt = now + pauseAfter(this.#failures);
    this.#client = null;
    client.end().catch(() => {});
  }

  async #lookForWrites(client: PgClient): Promise<void> {
    const now = performance.now();
    if (now < this.#lookAt) return;
    this.#lookAt = now + LOOK_FOR_WRITES_MS;
    const { rows } = await client.query<{ readonly read_only: string }>("SELECT current_setting('transaction_read_only') AS read_only");
    if (rows[0]?.read_only !== "off") return;
    this.#readOnly = false;
    this.#isBack();
  }

  #lose(client: PgClient, error: unknown): void {
    if (this.#client !== client) return;
    this.#client = null;
    this.#failures = Math.max(this.#failures, 1);
    this.#options.onEvent({ kind: "lost", link: this.#options.settings.role, detail: textOf(error) });
    client.end().catch(() => {});
  }

  async #steerTime(client: PgClient, testNow: () => number): Promise<void> {
    const time = String(testNow());
    if (time === this.#testTime) return;
    this.#testTime = time;
    await this.#query(client, { text: "SELECT set_config('perdure.test_now', $1, false)", values: [time] });
  }
}

const pauseAfter = (failures: number): number => spreadOutMs(doublingPauseMs(PAUSES, failures - 1));
