import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Client } from "pg";
import type { InstanceNo } from "../../../src/model/ids.ts";
import type { GroupCommit, OutgoingMessage } from "../../../src/store/commit.ts";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { toWire } from "../../../src/stores/postgres/wire/commit-wire.ts";
import { withClient } from "../../../src/testing/postgres/databases.ts";
import { EVERY_SERVER, TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { START_OF_TIME } from "../../../src/testing/store-conformance/fixture.ts";
import { append, birth, event, Hand, keysOf, spec, task, toId, toNo, update } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

const ROWS = 1_500;
const TABLES = ["workers", "instances", "history", "inbox", "batches", "tasks", "audit"];

interface Work {
  readonly table: string;
  /** Reads of the whole table. */
  readonly scans: number;
  /** Rows fetched by way of an index. */
  readonly fetched: number;
  /** Looks into an index, and rows written. */
  readonly touched: number;
}

interface Call {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** One connection that calls the functions of a hub and rolls everything back. */
class Caller {
  readonly #client: Client;
  readonly #schema: string;

  constructor(client: Client, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  call(name: string, values: readonly unknown[]): Call {
    return { text: `SELECT * FROM "${this.#schema}".${name}(${values.map((_, index) => `$${index + 1}`).join()})`, values };
  }

  commit(batch: GroupCommit): Call {
    return this.call("commit_batch", toWire(batch));
  }

  /** What a call reads of each table, as the server counts it inside the transaction. */
  async workOf({ text, values }: Call): Promise<readonly Work[]> {
    await this.#client.query("BEGIN");
    try {
      const before = new Map((await this.#readSoFar()).map((work) => [work.table, work]));
      await this.#client.query(text, [...values]);
      return (await this.#readSoFar()).map(({ table, scans, fetched, touched }) => ({
        table,
        touched: touched - (before.get(table)?.touched ?? 0),
        scans: scans - (before.get(table)?.scans ?? 0),
        fetched: fetched - (before.get(table)?.fetched ?? 0),
      }));
    } finally {
      await this.#client.query("ROLLBACK");
    }
  }

  async vacuum(): Promise<void> {
    for (const table of TABLES) await this.#client.query(`VACUUM ANALYZE "${this.#schema}".${table}`);
  }

  async #readSoFar(): Promise<readonly Work[]> {
    const { rows } = await this.#client.query<Work>(
      `SELECT relname AS table, seq_scan::int AS scans, coalesce(idx_tup_fetch, 0)::int AS fetched,
         (coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd)::int AS touched
       FROM pg_stat_xact_user_tables
       WHERE schemaname = $1`,
      [this.#schema],
    );
    return rows;
  }
}

const creating = (name: string): OutgoingMessage => ({
  ...toId(name, event("e")),
  orCreate: { start: spec(name), status: "Running" },
});

const everything = (hand: Hand, no: InstanceNo, seq: number): GroupCommit =>
  hand.batch({
    history: [append(no, 0, 1, "[1]")],
    updates: [{ ...update(no, 0), continuedAsNew: 1 }],
    consumed: [{ no, seq }],
    messages: [toNo(no, event("e")), ...["first", "@counter@a"].map(creating)],
    newTasks: [task(no, 7)],
    finishedTasks: [{ no, generation: 0, eventId: 1 as never, attempts: 1, message: null }],
    heartbeats: [{ no, generation: 0, eventId: 2 as never, progress: null }],
    givenBackTasks: [{ no, generation: 0, eventId: 2 as never, attempts: 1, crashes: 0 }],
    cancelTasks: [{ no, generation: 0, eventId: 2 as never }],
    releases: [{ no, version: 1, nextWake: null, asReady: false }],
    claim: { limit: 10, keys: keysOf({ orchestrator: ["shipOrder"] }).instances, suspects: [64, 1] },
    claimTasks: { limit: 10, keys: keysOf({ activity: ["pack"] }).tasks, suspects: [64, 1] },
  });

const KNOWN = ["nothing yet", "empty tables", "a few rows"] as const;

for (const server of EVERY_SERVER) {
  describe(`postgres ${server}: work of a call among thousands of rows`, { timeout: 60_000 }, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    for (const known of TEST_SERVERS.includes(server) ? KNOWN : KNOWN.slice(0, 1)) {
      test(`plans that were made when the server knew ${known} read what they need, by index`, async () => {
        const url = await database.freshUrl();
        const store = await openPostgresStore({ url });
        try {
          await withClient(url.split("?")[0]!, async (client) => {
            const caller = new Caller(client, new URL(url).searchParams.get("schema") ?? "");
            const [hand, other] = [await Hand.join(store, {}), await Hand.join(store, {})];
            if (known === "empty tables") await caller.vacuum();
            const [first] = await hand.own("first");
            await hand.commit({ messages: [toNo(first!, event("e"))], newTasks: [task(first!, 1, { claimed: true }), task(first!, 2)] });
            if (known === "a few rows") await caller.vacuum();
            const [mail] = await hand.mail();
            const calls = () => [
              caller.commit(everything(hand, first!, mail!.seq)),
              caller.call("next_wake", [["shiporder"], [], ["pack"]]),
              caller.call("purge_range", [null, START_OF_TIME, null, null, [], null, null, true, 10, true, 100, null]),
              caller.call("purge_one", ["first", true, 100, null]),
              caller.call("read_waiting", []),
            ];
            // Each session plans once, and keeps what it has planned.
            for (let time = 0; time < 3; time += 1) for (const call of calls()) await caller.workOf(call);

            const owned = await hand.numbers(ROWS);
            const looping = owned.map((no) => ({ ...update(no, 0), generation: 1, continuedAsNew: 1 }));
            await hand.commit({ creates: owned.map((no) => birth(no, `own ${no}`)), updates: looping });
            await hand.commit({ messages: owned.map((no) => toNo(no, event("e"))) });
            const ready = await other.numbers(ROWS);
            const creates = ready.map((no) => birth(no, `ready ${no}`, { owned: false, wakeAt: 1 }));
            await other.commit({ creates, newTasks: ready.map((no) => task(no, 1)) });
            await other.commit({ newTasks: ready.map((no) => task(no, 2, { claimed: true })) });

            const plain = everything(hand, first!, mail!.seq);
            const audit = (await caller.workOf(caller.commit({ ...plain, updates: [update(first!, 0)] }))).find(
              ({ table }) => table === "audit",
            );
            assert.deepEqual([audit?.scans, audit?.touched], [0, 0], "ordinary work does nothing with the audit");

            for (const call of calls()) {
              const work = await caller.workOf(call);
              const found = work.map(({ table, scans, fetched }) => `${table}: ${scans} scans, ${fetched} rows`).join("; ");
              assert.ok(
                work.every(({ scans, fetched }) => scans === 0 && fetched <= 100),
                `${call.text}\n${found}`,
              );
            }
          });
        } finally {
          await store.close();
        }
      });
    }
  });
}
