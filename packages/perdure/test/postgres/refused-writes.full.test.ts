import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEntry } from "perdure";
import { activity, orchestrator, PerdureError, TaskHub } from "perdure";
import type { WorkerSettings } from "../../src/engine/options.ts";
import type { Store } from "../../src/store/contract.ts";
import { openPostgresStore } from "../../src/stores/postgres/open-postgres.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { describeViolation } from "../../src/testing/invariants/invariant.ts";
import { OFFERED_VERSIONS } from "../../src/testing/postgres/binaries.ts";
import { freshDatabase, withClient } from "../../src/testing/postgres/databases.ts";
import type { PostgresServer } from "../../src/testing/postgres/server.ts";
import { startPostgres } from "../../src/testing/postgres/server.ts";

/** The leases run out while the database refuses. */
const ENGINE: Partial<WorkerSettings> = { leaseMs: 1_000, renewEveryMs: 200, pollEveryMs: 100, idleReleaseMs: 200, drainMs: 100 };
/** Of two workers and a client: a trouble that lasts must not flood the log. */
const MOST_WARNINGS = 60;
const REFUSED_FOR_MS = 1_300;
const RETURN_LIMIT_MS = 5_000;
const LIMIT_MS = 15_000;

const echo = activity("echo", (value: unknown) => value);
const works = orchestrator("works", async (ctx, n: number) => {
  await ctx.callActivity(echo, n);
  await ctx.createTimer("30ms");
  const parts = await Promise.all([1, 2, 3].map((part) => ctx.callSubOrchestrator(doubles, n * part)));
  return parts.reduce((sum, part) => sum + part, 0);
});
const doubles = orchestrator("doubles", async (ctx, n: number) => ((await ctx.callActivity(echo, n)) as number) * 2);
const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent<string>("Go"));

/** Two workers and a client of other processes, under load; it knows what was accepted and what was refused. */
class Field {
  readonly log: LogEntry[] = [];
  readonly accepted: { readonly id: string; readonly n: number }[] = [];
  readonly refused: { readonly id: string; readonly error: unknown }[] = [];
  readonly store: Store;
  readonly hubs: readonly TaskHub[];
  readonly client: TaskHub;
  #load: Promise<void>[] = [];
  #isOn = true;
  #last = 0;

  private constructor(store: Store, hubs: readonly TaskHub[], client: TaskHub, log: LogEntry[]) {
    this.store = store;
    this.hubs = hubs;
    this.client = client;
    this.log = log;
  }

  static async open(url: string): Promise<Field> {
    const log: LogEntry[] = [];
    const options = { engine: ENGINE, log: { enabled: () => true, write: (entry: LogEntry) => log.push(entry) } };
    const open = () => TaskHub.open(url, { ...options, functions: [echo, works, doubles, waits] });
    const hubs = [await open(), await open()];
    for (const hub of hubs) await hub.start();
    return new Field(await openPostgresStore({ url }), hubs, await TaskHub.open(url, options), log);
  }

  load(): void {
    this.#load = [...this.hubs, this.client].map(async (hub) => {
      while (this.#isOn) {
        await this.#start(hub);
        await sleep(15);
      }
    });
  }

  async #start(hub: TaskHub): Promise<void> {
    this.#last += 1;
    const n = this.#last;
    const id = `w${n}`;
    await hub.client.startNew(works, { instanceId: id, input: n }).then(
      () => this.accepted.push({ id, n }),
      (error: unknown) => this.refused.push({ id, error }),
    );
  }

  async untilAccepted(): Promise<void> {
    const before = this.accepted.length;
    const deadline = performance.now() + RETURN_LIMIT_MS;
    while (this.accepted.length === before) {
      assert.ok(performance.now() < deadline, `nothing is accepted ${RETURN_LIMIT_MS} ms later`);
      await sleep(5);
    }
  }

  async check(atRest = false): Promise<void> {
    assert.deepEqual(checkDump(await this.store.dump(), { atRest }).map(describeViolation), []);
  }

  /** Whatever was accepted has ended as it should, nothing is there of what was refused, and the rows are as they must be. */
  async finish(): Promise<void> {
    this.#isOn = false;
    await Promise.all(this.#load);
    for (const { id, n } of this.accepted) {
      const { output } = await this.client.client.waitForCompletion(id, { timeout: `${LIMIT_MS}ms` });
      assert.equal(output, 12 * n, id);
    }
    for (const hub of this.hubs) await hub.close();
    for (const { id } of this.refused) assert.equal(await this.client.client.getStatus(id), null, `${id} was refused and is there`);
    assert.equal((await this.store.sweep()).repaired, 0, "instances slept with mail in the box");
    await this.check(true);
  }

  async close(): Promise<void> {
    this.#isOn = false;
    await Promise.allSettled(this.#load);
    for (const hub of [...this.hubs, this.client]) await hub.close();
    await this.store.close();
  }
}

interface Trouble {
  /** How logs and errors must name it. */
  readonly named: RegExp;
  prepare?(url: string): Promise<unknown>;
  begin(server: PostgresServer, url: string): Promise<unknown>;
  /** Some writes pass, others do not. */
  ease?(url: string): Promise<unknown>;
  end(server: PostgresServer, url: string): Promise<unknown>;
}

const readOnly = (server: PostgresServer, on: "on" | "off") =>
  withClient(server.url, async (client) => {
    await client.query("SET default_transaction_read_only = off");
    await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${on}`);
    await client.query("SELECT pg_reload_conf()");
  });

/** What a client sees of a full disk, from whichever table it is that had to grow. */
const FULL_DISK = (share: number) => `
  CREATE OR REPLACE FUNCTION public.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF random() < ${share} THEN
      RAISE EXCEPTION 'could not extend file "base/16384/16402": No space left on device' USING ERRCODE = '53100', HINT = 'Check free disk space.';
    END IF;
    RETURN NULL;
  END $$;`;
const GROWING = ["instances", "history", "inbox", "tasks", "batches"];
const ON_EACH_TABLE = GROWING.map(
  (table) => `CREATE TRIGGER full_disk AFTER INSERT OR UPDATE ON perdure.${table} EXECUTE FUNCTION public.full_disk();`,
);
/** A transaction each: the locks of several would meet those of a worker. */
const run = (url: string, ...statements: readonly string[]) =>
  withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });

const TROUBLES: Readonly<Record<string, Trouble>> = {
  "is read-only": {
    named: /read-only transaction/,
    begin: (server) => readOnly(server, "on"),
    end: (server) => readOnly(server, "off"),
  },
  "is full, then nearly so": {
    named: /No space left on device/,
    prepare: (url) => run(url, FULL_DISK(0), ...ON_EACH_TABLE),
    begin: (_, url) => run(url, FULL_DISK(1)),
    ease: (url) => run(url, FULL_DISK(0.2)),
    end: (_, url) => run(url, FULL_DISK(0)),
  },
};

async function befall(t: TestContext, server: PostgresServer, trouble: Trouble): Promise<void> {
  await using database = await freshDatabase(server);
  const field = await Field.open(database.url);
  try {
    const waiting = await field.client.client.startNew(waits, { instanceId: "waiting" });
    await trouble.prepare?.(database.url);
    field.load();
    await sleep(300);
    assert.deepEqual(field.refused, []);
    await trouble.begin(server, database.url);
    const said = field.log.length;
    await sleep(REFUSED_FOR_MS);
    assert.equal((await field.client.client.getStatus("waiting"))?.runtimeStatus, "Running", "what is there can be read");
    await assert.rejects(waiting.raiseEvent("Go", "too soon"), refusedBy(trouble));
    await field.check();
    const warnings = field.log.slice(said).filter(({ level }) => level === "warn");
    assert.ok(
      warnings.some(({ message }) => trouble.named.test(message)),
      "no log event names it",
    );
    assert.ok(warnings.length <= MOST_WARNINGS, `${warnings.length} warnings in ${REFUSED_FOR_MS} ms`);
    if (trouble.ease !== undefined) {
      await trouble.ease(database.url);
      await sleep(400);
      await field.check();
    }
    await trouble.end(server, database.url);
    const began = performance.now();
    await field.untilAccepted();
    const back = performance.now() - began;
    await waiting.raiseEvent("Go", "now");
    assert.equal(await waiting.result(), "now");
    await field.finish();
    assert.ok(field.refused.length > 0);
    for (const { error } of field.refused) assert.ok(refusedBy(trouble)(error), String(error));
    t.diagnostic(`accepted ${field.accepted.length}, refused ${field.refused.length}, back after ${Math.round(back)} ms`);
  } finally {
    await field.close();
  }
}

const refusedBy = (trouble: Trouble) => (error: unknown) =>
  error instanceof PerdureError && error.code === "STORE_UNAVAILABLE" && trouble.named.test(error.message);

for (const version of OFFERED_VERSIONS) {
  test(`PostgreSQL ${version} takes no writes: nothing is half done, logs say why, and all continues by itself`, {
    timeout: 60_000,
  }, async (t) => {
    const server = await startPostgres({ version, settings: { fsync: "off" } }); // its settings are changed
    t.after(() => server.stop());
    for (const [what, trouble] of Object.entries(TROUBLES)) await t.test(`it ${what}`, (t) => befall(t, server, trouble));
  });
}
