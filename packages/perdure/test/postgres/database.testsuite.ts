import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisteredFunction } from "perdure";
import { activity, orchestrator, PerdureError, TaskHub } from "perdure";
import { freshDatabase, withClient } from "../../src/testing/postgres/databases.ts";
import { openPostgresProxy } from "../../src/testing/postgres/proxy.ts";
import type { PostgresServer } from "../../src/testing/postgres/server.ts";
import type { Member } from "../testing/band.ts";
import { Band, LONG_LEASE } from "../testing/band.ts";
import { Holds } from "./holds.ts";
import { ownServer, sharedDatabase } from "./own-server.ts";

/** Its chains of activities count what they do. */
class Chains {
  readonly functions: readonly RegisteredFunction[];
  readonly #runs = new Map<string, number>();

  constructor(onAct: (n: number) => void = () => {}) {
    const act = activity("act", (n: number, { taskId }) => {
      onAct(n);
      this.#runs.set(taskId, (this.#runs.get(taskId) ?? 0) + 1);
    });
    const chain = orchestrator("chain", async (ctx, count: number) => {
      for (let n = 0; n < count; n++) await ctx.callActivity(act, n);
      return count;
    });
    this.functions = [act, chain];
  }

  get repeated(): readonly string[] {
    return [...this.#runs].filter(([, times]) => times > 1).map(([taskId]) => taskId);
  }
}

const start = (band: Band, instanceId: string, count = 3) => band.client.startNew("chain", { instanceId, input: count });

/** Ms until a chain of its own has ended. */
async function latency(band: Band, id: string): Promise<number> {
  const began = performance.now();
  await start(band, id);
  await band.until("it ends", async () => (await band.client.getStatus(id))?.runtimeStatus === "Completed");
  return Math.round(performance.now() - began);
}

const run = (url: string, ...statements: readonly string[]) =>
  withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });

/** A trigger that waits for this lock: while it is held, a transaction is in the middle of what it does. */
const LOCK = 281;
const MIDDLE = `CREATE FUNCTION public.middle() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN PERFORM pg_advisory_xact_lock_shared(${LOCK}); RETURN coalesce(NEW, OLD); END $$`;
const INSIDE =
  "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'";

interface Phase {
  readonly table: string;
  readonly when: string;
  /** Resolves when it is certain that it will be done. */
  begin(band: Band): Promise<unknown>;
  /** Afterwards it takes place all the same. */
  end(band: Band): Promise<unknown>;
}

const row = (table: string, what: string, when = "true"): Pick<Phase, "table" | "when"> => ({
  table,
  when: `${what} ON perdure.${table} FOR EACH ROW WHEN (${when})`,
});

/** What a transaction can be in the middle of. */
const PHASES: Readonly<Record<string, Phase>> = {
  "a claim": {
    ...row("instances", "UPDATE", "OLD.owner IS NULL AND NEW.owner IS NOT NULL"),
    begin: (band) => start(band, "claimed"),
    end: (band) => band.expectEnd("claimed", 3),
  },
  "a checkpoint": {
    ...row("history", "INSERT"),
    begin: (band) => start(band, "written"),
    end: (band) => band.expectEnd("written", 3),
  },
  "a recovery": {
    ...row("instances", "UPDATE", "OLD.owner IS NOT NULL AND NEW.owner IS NULL AND NEW.completed_at IS NULL"),
    begin: async (band) => {
      const holds = new Holds();
      const short = await band.join("short", { functions: holds.functions("short") });
      await band.client.startNew("holds", { instanceId: "recovered" });
      await band.until("it runs", () => holds.begunBy("short") === 1);
      await short.kill();
      band.members.pop();
      holds.open();
      await band.join("heir", { functions: holds.functions("heir") });
    },
    end: (band) => band.expectEnd("recovered", "heir"),
  },
  "a purge": {
    ...row("instances", "DELETE"),
    begin: async (band) => {
      const purging = band.client.purge("written");
      purging.catch((error: unknown) => assert.ok(error instanceof PerdureError && error.code === "STORE_UNAVAILABLE", String(error)));
    },
    end: async (band) => {
      assert.equal(await band.client.purge("written"), true, "half of it was done");
      assert.equal(await band.client.getStatus("written"), null);
    },
  },
};

const INTERRUPTIONS = {
  "its connection ends": (_: PostgresServer, url: string, pid: number) => run(url, `SELECT pg_terminate_backend(${pid})`),
  "the server restarts": (server: PostgresServer) => server.restart("immediate"),
};

/** Only so many pages of notifications wait for a listener that is in a transaction. */
const FILLED = /too many notifications/;

const GROWING = ["instances", "history", "inbox", "tasks", "batches"];
/** What a client sees of a full disk. */
const FULL_DISK = `CREATE FUNCTION public.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`;

const refusedWith = (pattern: RegExp) => (error: unknown) =>
  error instanceof PerdureError && error.code === "STORE_UNAVAILABLE" && pattern.test(error.message);

interface Refusal {
  readonly text: RegExp;
  begin(url: string, name: string): Promise<void>;
  end(url: string, name: string): Promise<void>;
}

/** Sessions that are open keep the setting that they began with. */
const readOnly = async (url: string, name: string, on: boolean) =>
  run(
    url,
    "SET default_transaction_read_only = off",
    `ALTER DATABASE ${name} SET default_transaction_read_only = ${on}`,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'perdure %' AND pid <> pg_backend_pid() AND application_name <> 'perdure test harness'",
  );

const REFUSALS = {
  "a full disk": {
    text: /No space left on device/,
    begin: (url) =>
      run(
        url,
        FULL_DISK,
        ...GROWING.map((table) => `CREATE TRIGGER full_disk BEFORE INSERT ON perdure.${table} EXECUTE FUNCTION public.full_disk()`),
      ),
    end: (url) => run(url, ...GROWING.map((table) => `DROP TRIGGER full_disk ON perdure.${table}`)),
  },
  "a database that is read-only": {
    text: /read-only transaction/,
    begin: (url, name) => readOnly(url, name, true),
    end: (url, name) => readOnly(url, name, false),
  },
} satisfies Readonly<Record<string, Refusal>>;

export function interruptionCase(what: keyof typeof INTERRUPTIONS): void {
  test(`case 28: in the middle of a claim, a checkpoint, a recovery and a purge ${what}: each takes place once, and whole`, async () => {
    const server = await ownServer();
    await using database = await freshDatabase(server);
    await using band = await Band.open(database.url);
    const chains = new Chains();
    await band.join("worker", { functions: chains.functions, engine: LONG_LEASE });
    await run(database.url, MIDDLE);
    for (const phase of Object.values(PHASES)) {
      await run(database.url, `CREATE TRIGGER middle BEFORE ${phase.when} EXECUTE FUNCTION public.middle()`);
      await withClient(database.url, async (holder) => {
        await holder.query(`SELECT pg_advisory_lock(${LOCK})`);
        await phase.begin(band);
        const pid = await withClient(database.url, (client) =>
          band.until("it is in the middle", async () => (await client.query<{ readonly pid: number }>(INSIDE)).rows[0]?.pid),
        );
        await INTERRUPTIONS[what](server, database.url, pid);
      });
      await run(database.url, `DROP TRIGGER middle ON perdure.${phase.table}`);
      await band.until("the database answers", () =>
        band.client.getStatus("nobody").then(
          () => true,
          () => false,
        ),
      );
      await phase.end(band);
      await band.check();
    }
    assert.deepEqual(chains.repeated, []);
    await band.finish();
  });
}

/** `losses`: commits whose answers are lost. */
export function lostAnswersCase(losses: number): void {
  test("case 28: commits whose answers are lost are looked up, not done again", async () => {
    await using database = await sharedDatabase();
    const proxy = await openPostgresProxy(database.url);
    try {
      await using band = await Band.open(database.url);
      const chains = new Chains((n) => {
        if (n % 4 === 1) proxy.answersToCut = 1; // the next one is that of the commit which records it
      });
      const worker = await band.join("worker", { functions: chains.functions, url: proxy.url(database.url) });
      const unknown = () =>
        worker.log.filter(({ event, fields }) => event === "commit.refused" && JSON.stringify(fields).includes('"unknown"'));
      const ids: string[] = [];
      while (unknown().length < losses) {
        const id = `c${ids.length}`;
        ids.push(id);
        await start(band, id, 10);
        await band.expectEnd(id, 10);
      }
      for (const id of ids) assert.equal(await band.completionsOf(id), 10);
      assert.deepEqual(chains.repeated, []);
      await band.finish();
    } finally {
      await proxy.close();
    }
  });
}

export function poolerCase(): void {
  test("case 29: behind a pooler that shares sessions the self-test warns once, and polling takes over", async (t) => {
    await using database = await sharedDatabase();
    const proxy = await openPostgresProxy(database.url);
    proxy.swallowsNotifications = true;
    try {
      await using band = await Band.open(proxy.url(database.url));
      const chains = new Chains();
      const pollEveryMs = 300;
      const worker = await band.join("worker", { functions: chains.functions, engine: { pollEveryMs } });
      const warnings = () => worker.log.filter(({ event }) => event === "store.deaf").map(({ level }) => level);
      await band.until("the self-test says so", () => warnings().length > 0);
      const taken: number[] = [];
      for (let n = 0; n < 5; n++) taken.push(await latency(band, `p${n}`));
      t.diagnostic(`ms: ${taken.join(" ")}`);
      assert.ok(Math.max(...taken) < pollEveryMs + 400, taken.join(" "));
      assert.deepEqual(warnings(), ["warn"]);
      await band.finish();
    } finally {
      await proxy.close();
    }
  });
}

export function fullQueueCase(): void {
  test("case 31: while the queue of notifications is full, work continues; when there is room again, hints arrive again", async (t) => {
    const server = await ownServer();
    await using database = await freshDatabase(server);
    await using band = await Band.open(database.url);
    const chains = new Chains();
    const pollEveryMs = 1_000;
    const workers: Member[] = [];
    for (const who of ["one", "two"]) workers.push(await band.join(who, { functions: chains.functions, engine: { pollEveryMs } }));
    await withClient(database.url, async (listener) => {
      await listener.query("LISTEN something");
      await listener.query("BEGIN");
      await listener.query("SELECT 1");
      await withClient(database.url, async (sender) => {
        const fill = async () => {
          for (let n = 0; n < 1_000; n++) await sender.query("SELECT pg_notify('something', repeat('x', 7900))");
        };
        await assert.rejects(fill(), FILLED);
        const taken: number[] = [];
        for (let n = 0; n < 3; n++) taken.push(await latency(band, `full-${n}`));
        await assert.rejects(sender.query("SELECT pg_notify('perdure:perdure', '')"), FILLED, "it was full all the time");
        t.diagnostic(`full, ms: ${taken.join(" ")}`);
        assert.ok(Math.max(...taken) < pollEveryMs + 500, taken.join(" "));
      });
    });
    // Each minute one worker's self-test makes room, and each worker that comes begins with one.
    workers.push(await band.join("three", { functions: chains.functions, engine: { pollEveryMs } }));
    await band.until("there is room", () =>
      withClient(database.url, (client) => client.query("SELECT pg_notify('something', '')")).then(
        () => true,
        () => false,
      ),
    );
    const taken: number[] = [];
    for (let n = 0; n < 5; n++) taken.push(await latency(band, `free-${n}`));
    t.diagnostic(`with room, ms: ${taken.join(" ")}`);
    assert.ok((taken.toSorted((one, other) => one - other)[2] ?? 0) < pollEveryMs / 4, taken.join(" "));
    for (const { log } of workers)
      assert.deepEqual(
        log.filter(({ event }) => event === "commit.refused"),
        [],
      );
    assert.deepEqual(chains.repeated, []);
    await band.finish();
  });
}

export function otherSchemaCase(): void {
  test("case 33: a schema of another version is refused in words and left as it is; who has it open works on", async () => {
    await using database = await sharedDatabase();
    await using band = await Band.open(database.url);
    const chains = new Chains();
    await band.join("worker", { functions: chains.functions });
    const versions = () =>
      withClient(
        database.url,
        async (client) => (await client.query("SELECT version, name FROM perdure.migrations ORDER BY version")).rows,
      );
    await run(database.url, "INSERT INTO perdure.migrations VALUES (1000, 'of the future')");
    const before = await versions();
    await assert.rejects(TaskHub.open(database.url), { code: "STORE_SCHEMA_TOO_NEW", message: /schema version 1000/ });
    assert.deepEqual(await versions(), before);
    await start(band, "meanwhile");
    await band.expectEnd("meanwhile", 3);
    await run(database.url, "DELETE FROM perdure.migrations WHERE version = 1000");
    await (await TaskHub.open(database.url)).close();
    await band.finish();
  });
}

export function refusalCase(what: keyof typeof REFUSALS): void {
  const refusal = REFUSALS[what];
  test(`case 33: writes refused by ${what}: said in words, nothing is half done, and all continues by itself`, async () => {
    await using database = await sharedDatabase();
    await using band = await Band.open(database.url, { acceptTimeout: "2s" });
    const holds = new Holds();
    const chains = new Chains();
    const worker = await band.join("worker", { functions: [...holds.functions("worker"), ...chains.functions] });
    await band.client.startNew("holds", { instanceId: "held" });
    await band.until("it runs", () => holds.runningIn("worker") === 1);
    await refusal.begin(database.url, database.name);
    holds.open(); // its result has to wait
    await band.until("the worker says so", () =>
      worker.log.some(({ level, message, fields }) => level === "warn" && refusal.text.test(message + JSON.stringify(fields))),
    );
    await band.until("a client is told", () =>
      start(band, "refused").then(() => assert.fail("it was accepted"), refusedWith(refusal.text)),
    );
    assert.equal(await band.client.getStatus("refused"), null);
    assert.equal((await band.client.getStatus("held"))?.runtimeStatus, "Running");
    await band.check();
    await refusal.end(database.url, database.name);
    await band.until("a client is accepted", () => start(band, "refused").then(() => true, refusedWith(/./)));
    await band.expectEnd("refused", 3);
    await band.expectEnd("held", "worker");
    await band.finish();
  });
}
