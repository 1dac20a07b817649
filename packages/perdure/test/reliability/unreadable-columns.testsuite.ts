import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import type { LogEntry, TaskHubOptions } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";
import { UNKNOWN_NAMES } from "../../src/model/executor.ts";
import { until } from "../../src/process/testing/until.ts";
import type { Store } from "../../src/store/contract.ts";
import { openPostgresStore } from "../../src/stores/postgres/open-postgres.ts";
import { openSqliteStore } from "../../src/stores/sqlite/sqlite-store.ts";
import { withClient } from "../../src/testing/postgres/databases.ts";
import { TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";
import { Hand } from "../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "../stores/postgres/fixture.testsuite.ts";

/** A database whose rows a test may change behind the back of the store. */
interface Ground {
  open(): Promise<Store>;
  /** Rows of the last statement. */
  sql(text: string): Promise<readonly unknown[]>;
  /** The columns of a payload, and values that no store has written. */
  readonly payload: readonly string[];
  readonly spoiltPayload: string;
  dispose(): Promise<void>;
}

const database = new TestDatabase(TEST_SERVERS.at(-1) ?? "given");
after(() => database.drop());

export const KINDS = ["sqlite", "postgres"] as const;
type Kind = (typeof KINDS)[number];

const GROUNDS: Readonly<Record<Kind, () => Promise<Ground>>> = {
  async sqlite() {
    const folder = mkdtempSync(join(tmpdir(), "perdure-test-"));
    const path = join(folder, "hub.db");
    const sql = async (text: string) => {
      const raw = new DatabaseSync(path);
      raw.exec("PRAGMA busy_timeout = 5000");
      const rows = raw.prepare(text).all();
      raw.close();
      return rows;
    };
    const dispose = async () => rmSync(folder, { recursive: true, force: true });
    const open = () => openSqliteStore({ path, thread: "inline", now: Date.now });
    return { open, sql, payload: ["custom_status"], spoiltPayload: "custom_status = x'00ff00'", dispose };
  },
  async postgres() {
    const url = await database.freshUrl();
    const schema = new URL(url).searchParams.get("schema") ?? "";
    const sql = (text: string) =>
      withClient(url.split("?")[0] ?? "", async (client) => {
        await client.query(`SET search_path = "${schema}"`);
        return (await client.query(text)).rows;
      });
    const spoiltPayload = "custom_status = NULL, custom_status_z = '\\x00ff00'";
    const open = () => openPostgresStore({ url, poolSize: 2 });
    return { open, sql, payload: ["custom_status", "custom_status_z"], spoiltPayload, dispose: async () => {} };
  },
};

const waits = orchestrator("waits", async (ctx) => {
  ctx.setCustomStatus("here");
  return ctx.waitForExternalEvent<string>("Go");
});

const SPOILT = {
  tags: "tags = '{'",
  "tags of another form": "tags = '5'",
  parent: "parent = '[1'",
  "parent of another form": "parent = '{}'",
  poison_code_versions: "poison_code_versions = '{'",
} as const;

const LIMIT_MS = 20_000;
const COLUMNS = ["tags", "parent", "poison_code_versions"];
const STOPPED = "SELECT no FROM instances WHERE instance_id = 'one' AND stopped IS NOT NULL AND owner IS NULL";

const restore = (columns: readonly string[]) =>
  `UPDATE instances SET ${columns.map((column) => `${column} = (SELECT w.${column} FROM whole w WHERE w.no = instances.no)`).join(", ")}`;

async function openHub(ground: Ground, log: TaskHubOptions["log"] = false): Promise<TaskHub> {
  const engine = { pollEveryMs: 100, renewEveryMs: 500, leaseMs: 5_000 };
  return TaskHub.open("memory:", { store: await ground.open(), functions: [waits, activity("work", () => 7)], engine, log });
}

/** Two instances that wait, in a hub that was closed since. */
async function sleepers(ground: Ground): Promise<void> {
  const hub = await openHub(ground);
  await hub.start();
  for (const instanceId of ["one", "two"]) await hub.client.startNew(waits, { instanceId, tags: { of: "test" } });
  for (const id of ["one", "two"])
    await until(`${id} waits`, async () => (await hub.client.getStatus(id))?.customStatus === "here", LIMIT_MS);
  await hub.close();
}

export type Column = keyof typeof SPOILT | "custom_status";
export const COLUMN_CASES: readonly Column[] = [...(Object.keys(SPOILT) as (keyof typeof SPOILT)[]), "custom_status"];

export function unreadableColumnCase(kind: Kind, what: Column): void {
  const openGround = GROUNDS[kind];
  const spoil = what === "custom_status" ? null : SPOILT[what];
  test(`an instance with a column that cannot be read (${what}) is stopped, and none that is loaded with it (${kind})`, async () => {
    const ground = await openGround();
    await sleepers(ground);
    await ground.sql("CREATE TABLE whole AS SELECT * FROM instances");
    await ground.sql(`UPDATE instances SET ${spoil ?? ground.spoiltPayload} WHERE instance_id = 'one'`);
    const hub = await openHub(ground);
    try {
      await hub.start();
      const listed = await Array.fromAsync(hub.client.query(), ({ instanceId }) => instanceId);
      assert.deepEqual(listed.toSorted(), ["one", "two"]);
      for (const id of ["one", "two"]) await hub.client.raiseEvent(id, "Go", id);
      assert.equal((await hub.client.waitForCompletion("two", { timeout: "20s" })).output, "two");
      const stopped = await until("it is stopped", async () => (await hub.client.getStatus("one"))?.stopped, LIMIT_MS);
      assert.equal(stopped.code, "STORED_DATA_UNREADABLE");
      assert.match(stopped.message, /row \d+ of table instances, column (?:tags|parent|poison_code_versions|custom_status): /);
      await until("its owner has stopped it", async () => (await ground.sql(STOPPED)).length > 0, LIMIT_MS);
      await ground.sql(restore([...COLUMNS, ...ground.payload]));
      assert.equal((await hub.client.getStatus("one"))?.stopped?.code, "STORED_DATA_UNREADABLE");
      await hub.client.resume("one");
      assert.equal((await hub.client.waitForCompletion("one", { timeout: "20s" })).output, "one");
    } finally {
      await hub.close();
      await ground.dispose();
    }
  });
}

export function otherRowsCases(kind: Kind): void {
  const openGround = GROUNDS[kind];
  test(`a reason of a stop that cannot be read keeps no worker from joining, and its instance stopped until it is resumed (${kind})`, async () => {
    const ground = await openGround();
    await sleepers(ground);
    await ground.sql("UPDATE instances SET stopped = '{', wake_at = NULL WHERE instance_id = 'one'");
    const hub = await openHub(ground);
    try {
      await hub.start();
      for (const id of ["one", "two"]) await hub.client.raiseEvent(id, "Go", id);
      assert.equal((await hub.client.waitForCompletion("two", { timeout: "20s" })).output, "two");
      const stopped = (await hub.client.getStatus("one"))?.stopped;
      assert.deepEqual([stopped?.code, /column stopped: /.test(stopped?.message ?? "")], ["STORED_DATA_UNREADABLE", true]);
      await hub.client.resume("one");
      assert.equal((await hub.client.waitForCompletion("one", { timeout: "20s" })).output, "one");
    } finally {
      await hub.close();
      await ground.dispose();
    }
  });

  test(`a worker's row that cannot be read says nothing of its load, and that it may have every function; other rows are read (${kind})`, async () => {
    const ground = await openGround();
    const store = await ground.open();
    try {
      const hands = [await Hand.join(store, {}), await Hand.join(store, {}), await Hand.join(store, {})];
      const [one, two, three] = hands.map(({ worker }) => worker);
      await ground.sql(`UPDATE workers SET functions = '{', load = '{' WHERE worker = ${one}`);
      await ground.sql(`UPDATE workers SET functions = '{"activity": 5}', load = '5' WHERE worker = ${two}`);
      const { workers } = await store.readWorkers();
      const read = workers.map(({ worker, functions, load, unreadable }) => ({ worker, functions, load, unreadable }));
      const unknown = { functions: UNKNOWN_NAMES, load: null, unreadable: ["functions", "load"] };
      assert.deepEqual(read.slice(0, 2), [
        { worker: one, ...unknown },
        { worker: two, ...unknown },
      ]);
      assert.equal(read[2]?.worker, three);
      assert.notDeepEqual(read[2]?.functions, UNKNOWN_NAMES);
      assert.equal(read[2]?.unreadable, undefined);
    } finally {
      await store.close();
      await ground.dispose();
    }
  });

  test(`a live worker's row that cannot be read is one line of the log, with what to do (${kind})`, async () => {
    const ground = await openGround();
    const store = await ground.open();
    const entries: LogEntry[] = [];
    const hub = await openHub(ground, { enabled: () => true, write: (entry) => void entries.push(entry) });
    try {
      const { worker } = await Hand.join(store, {});
      await ground.sql(`UPDATE workers SET functions = '{' WHERE worker = ${worker}`);
      await hub.start();
      const told = () => entries.filter(({ event }) => event === "worker.unreadable");
      await until("it is said", () => told().length > 0, LIMIT_MS);
      const renewals = async () => (await store.readWorkers()).workers.find((row) => row.worker !== worker)?.renewals ?? 0;
      const before = await renewals();
      await until("it has read the rows twice more", async () => (await renewals()) >= before + 2, LIMIT_MS);
      assert.deepEqual(
        told().map(({ level, fields }) => [level, fields.worker, fields.columns]),
        [["warn", worker, ["functions"]]],
      );
      assert.match(told()[0]?.message ?? "", /The row of worker \d+ \(.*\) .* cannot be read \(functions\).* Restart its process/);
    } finally {
      await hub.close();
      await store.close();
      await ground.dispose();
    }
  });
}
