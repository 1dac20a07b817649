import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { PerdureError } from "../../../src/errors/perdure-error.ts";
import { instanceNo } from "../../../src/model/ids.ts";
import { payload } from "../../../src/model/payload.ts";
import type { InstanceQuery } from "../../../src/store/queries.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/sqlite-store.ts";
import { START_OF_TIME } from "../../../src/testing/store-conformance/fixture.ts";
import { append, ending, event, Hand, id, NAME, NOTHING_SWEPT, refused, spec, update } from "../../../src/testing/store-conformance/hub.ts";
import { makeEarlierFile } from "./earlier-file.testsuite.ts";
import { temporaryFolder } from "./fixture.testsuite.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const file = (name: string) => join(folder.path, name);
const inline = (path: string, now = () => START_OF_TIME) => openSqliteStore({ path, thread: "inline", now });

/** The same for a writer here and on its thread. */
async function failsToOpen(path: string, code: string, text: RegExp): Promise<void> {
  for (const thread of ["inline", "worker"] as const) {
    await assert.rejects(openSqliteStore({ path, thread, busyTimeoutMs: 20 }), (error) => {
      assert.ok(error instanceof PerdureError, String(error));
      assert.deepEqual([error.code, error.kind], [code, "store"]);
      assert.match(error.message, text);
      return true;
    });
  }
}

test("closed and opened again: everything is there, and time continues", async () => {
  const first = await inline(file("again.db"), () => START_OF_TIME + 5_000);
  const hand = await Hand.join(first, {});
  await hand.own("i");
  const { now } = await hand.commit({});
  const before = await first.dump();
  await first.close();
  await assert.rejects(first.getInstance(id("i")), /was closed/);
  const second = await inline(file("again.db"), () => START_OF_TIME);
  assert.deepEqual({ ...(await second.dump()), now }, { ...before, now });
  const renewed = await second.renew({ worker: hand.worker, fence: hand.fence, leaseMs: 1 });
  assert.ok(renewed.now >= now, "the clock stepped back meanwhile");
  await second.close();
});

test("time does not fall over a restart when its last trace was a start, a renewal or a departure", async () => {
  const acts = [
    (hand: Hand) => hand.store.start({ start: spec("i"), onExisting: "error" }),
    (hand: Hand) => hand.store.renew({ worker: hand.worker, fence: hand.fence, leaseMs: 1 }),
    (hand: Hand) => hand.store.leave(hand),
  ];
  for (const [index, act] of acts.entries()) {
    let now = START_OF_TIME;
    const path = file(`time${index}.db`);
    const store = await inline(path, () => now);
    const hand = await Hand.join(store, {});
    now += 100; // less than what is written down anyway
    await act(hand);
    await store.close();
    const again = await inline(path, () => START_OF_TIME - 9_999);
    assert.ok((await (await Hand.join(again, {})).commit({})).now >= now);
    await again.close();
  }
});

test("what it promises is read back from the open connection", async () => {
  for (const thread of ["inline", "worker"] as const) {
    const store = await openSqliteStore({ path: file("pragmas.db"), thread });
    const { journalMode, synchronous } = await store.pragmas();
    assert.deepEqual([journalMode, synchronous], ["wal", 2]);
    await store.close();
  }
});

test("bad places are named", async () => {
  await failsToOpen(file("missing/hub.db"), "STORE_FOLDER_MISSING", /missing/);
  mkdirSync(file("folder"));
  await failsToOpen(file("folder"), "STORE_UNREADABLE", /directory/);
  writeFileSync(file("text.db"), "Dear diary, ".repeat(500));
  await failsToOpen(file("text.db"), "STORE_FOREIGN", /not a database of Perdure/);
  await assert.rejects(openSqliteStore({ path: ":memory:" }), /"path"/);
});

test("a database of another program is left alone", async () => {
  const path = file("theirs.db");
  const theirs = new DatabaseSync(path);
  theirs.exec("CREATE TABLE notes (text); PRAGMA user_version = 3");
  theirs.close();
  await failsToOpen(path, "STORE_FOREIGN", /theirs\.db/);
  const after = new DatabaseSync(path);
  assert.deepEqual(
    after
      .prepare("SELECT name FROM sqlite_schema")
      .all()
      .map(({ name }) => name),
    ["notes"],
  );
  after.close();
});

test("a newer schema is refused", async () => {
  const path = file("newer.db");
  await (await inline(path)).close();
  const newer = new DatabaseSync(path);
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  await failsToOpen(path, "STORE_TOO_NEW", /99/);
});

test("a file that a newer release migrates while it is open here takes no writes, and is used again when it is of this release", async () => {
  for (const thread of ["inline", "worker"] as const) {
    const path = file(`migrated-${thread}.db`);
    const store = await openSqliteStore({ path, thread });
    const hand = await Hand.join(store, {});
    const [no] = await hand.own("i");
    const newer = new DatabaseSync(path);
    const version = Number(newer.prepare("PRAGMA user_version").get()?.user_version);
    newer.exec(`PRAGMA user_version = ${version + 1}`);
    const { instances, history } = await store.dump();
    const refusal = { code: "STORE_OTHER_RELEASE", message: /The tables .* they have schema version \d+, .*Nothing was written/ };
    const batch = hand.batch({ history: [append(no!, 0, 1, "[1]")] });
    const calls = [store.commit(batch), store.start({ start: spec("j"), onExisting: "error" }), Hand.join(store, {}), store.commit(batch)];
    for (const call of calls) await assert.rejects(call, refusal);
    const after = await store.dump();
    assert.deepEqual([after.instances, after.history], [instances, history]);
    newer.exec(`PRAGMA user_version = ${version}`);
    newer.close();
    await store.commit(batch);
    await store.close();
  }
});

test("an instance whose key an older release made, of the whole name in lower case, is still known to wait", async () => {
  const path = file("keys.db");
  const before = await inline(path);
  for (const name of ["ΟΔΟΣ", "İptal"]) await before.start({ start: spec(name, { name }), onExisting: "error" });
  await before.close();
  const database = new DatabaseSync(path);
  for (const name of ["ΟΔΟΣ", "İptal"]) database.prepare("UPDATE instances SET name_key = ? WHERE name = ?").run(name.toLowerCase(), name);
  database.close();
  const store = await inline(path);
  const waiting = await store.readWaiting();
  assert.deepEqual(waiting.instances.toSorted(), ["i\u0307ptal", "οδος"]);
  const hand = await Hand.join(store, {});
  assert.equal((await hand.commit({ claim: { limit: 9, keys: waiting.instances, suspects: [] } })).claimed.length, 2);
  await store.close();
});

/** One instance that has work to do, one that is stopped, and a free task. */
const EARLIER_ROWS = `
  INSERT INTO instances (no, instance_id, name, name_key, execution_id, generation, version, wake_at, next_wake, crashes,
    parked, status, side, created_at, updated_at)
  VALUES (1, 'i', '${NAME}', '${NAME.toLowerCase()}', 'run', 0, 3, 0, 0, 0, NULL, 'Running', 0, 5, 6),
    (2, 'still', '${NAME}', '${NAME.toLowerCase()}', 'run', 0, 3, NULL, 0, 0,
    '{"code":"STUCK","message":"It waits","at":6,"codeMayCure":true}', 'Running', 0, 5, 6);
  INSERT INTO history (no, generation, first_seq, count, events) VALUES (1, 0, 0, 1, '[1]');
  INSERT INTO tasks (no, generation, event_id, instance_id, name, name_key, worker, attempts, not_before, alone, body, created_at)
  VALUES (1, 0, 0, 'i', 'Work', 'work', NULL, 1, 0, 1, '{"input":null,"attempt":1,"timeoutMs":null}', 5)`;

/** All of them, but for the order of columns. */
function tablesAndIndexes(path: string): readonly string[] {
  const db = new DatabaseSync(path, { readOnly: true });
  const columns =
    db.prepare(`SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk || ' ' || coalesce(c.dflt_value, '') AS line
    FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'`);
  const indexes = db.prepare("SELECT sql AS line FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL");
  const lines = [...columns.all(), ...indexes.all()].map(({ line }) => String(line).replaceAll('"', ""));
  db.close();
  return lines.sort();
}

for (const version of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
  test(`a file of schema ${version} is brought up to date and continues`, async () => {
    const path = file(`schema-${version}.db`);
    // Version 8 renamed two columns.
    const rows = version < 8 ? EARLIER_ROWS : EARLIER_ROWS.replace("parked", "stopped").replace("alone", "crashes");
    makeEarlierFile(path, version, rows);
    const store = await inline(path);
    const hand = await Hand.join(store, { activity: ["Work"] });
    assert.equal((await store.getInstance(id("i")))?.updatedAt, 6);
    assert.equal((await store.getInstance(id("still")))?.stopped?.code, "STUCK");
    const [claimed] = await hand.claim();
    const { no, version: at } = claimed!;
    await hand.commit({ history: [append(no, 1, 1, "[2]", { expectedVersion: at, at: 70 })] });
    assert.equal((await store.getInstance(id("i")))?.updatedAt, 70);
    assert.equal((await store.readHistory(id("i"))).length, 2);
    assert.equal((await store.dump()).tasks[0]?.crashes, 1);
    await store.close();
    const fresh = file(`fresh-${version}.db`);
    await (await inline(fresh)).close();
    assert.deepEqual(tablesAndIndexes(path), tablesAndIndexes(fresh));
  });
}

test("lists find what an earlier file had: children, what is open, and what has ended, also where a parent cannot be read", async () => {
  const path = file("earlier-lists.db");
  const columns =
    "no, instance_id, name, name_key, execution_id, generation, version, crashes, status, side, created_at, updated_at, completed_at, parent";
  const row = (no: number, name: string, status: string, ended: number | null, parent: string | null) =>
    `(${no}, '${name}', 'N', 'n', 'run', 0, 3, 0, '${status}', 0, ${no}, ${no}, ${ended}, ${parent === null ? "NULL" : `'${parent}'`})`;
  const rows = [
    row(1, "live", "Running", null, null),
    row(2, "child", "Failed", 9, '{"no":1,"instanceId":"live","name":"N","generation":0,"taskId":3}'),
  ];
  makeEarlierFile(path, 9, `INSERT INTO instances (${columns}) VALUES ${[...rows, row(3, "damaged", "Completed", 8, "{no")].join(", ")}`);
  const store = await inline(path);
  const any = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null, limit: 10, continuation: null };
  const ids = async (query: Partial<InstanceQuery>) => (await store.query({ ...any, ...query })).rows.map((one) => one.instanceId);
  assert.deepEqual(await ids({ parent: instanceNo(1) }), ["child"]);
  assert.deepEqual(await ids({ open: true }), ["live"]);
  assert.deepEqual(await ids({ statuses: ["Failed"] }), ["child"]);
  assert.deepEqual(await ids({ orderBy: "ended" }), ["damaged", "child"]);
  assert.deepEqual((await store.readEnded({ from: 0 })).ended, ["damaged", "child"]);
  await store.close();
});

test("the log is copied beside the writer: it does not grow, and nothing is missing", async () => {
  const path = file("log.db");
  const store = await openSqliteStore({ path, thread: "worker" });
  const hand = await Hand.join(store, {});
  const [no] = await hand.own("i");
  const text = () => `["${randomBytes(6_000).toString("hex")}"]`;
  let highest = 0;
  for (let place = 0; place < 400 * 20; place += 20) {
    const history = Array.from({ length: 20 }, (_, index) => append(no!, place + index, 1, text(), { expectedVersion: 0 }));
    await hand.commit({ history });
    highest = Math.max(highest, statSync(`${path}-wal`).size);
  }
  const written = statSync(path).size + highest;
  // In memory the writer does not wait for a disk, and gets further ahead of the copying on a busy machine.
  assert.ok(highest < written / 2 && written > 80_000_000, `log up to ${highest} bytes of ${written}`);
  await store.close();
  assert.equal(statSync(`${path}-wal`, { throwIfNoEntry: false }), undefined, "the last connection takes the log along");
  const again = await inline(path);
  assert.equal((await again.readHistory(id("i"))).length, 400 * 20);
  await again.close();
});

test("a locked file: a clear error when it is new, a refusal when it is in use", async () => {
  const path = file("locked.db");
  const store = await openSqliteStore({ path, thread: "inline", busyTimeoutMs: 20 });
  const hand = await Hand.join(store, {});
  const holder = new DatabaseSync(path);
  holder.exec("BEGIN IMMEDIATE");
  const batch = hand.batch({});
  await refused(store.commit(batch), "busy");
  assert.equal(await store.readMarker(batch), null);
  holder.exec("ROLLBACK");
  await store.commit(batch);
  holder.close();
  await store.close();
  const fresh = new DatabaseSync(file("fresh.db"));
  fresh.exec("BEGIN EXCLUSIVE");
  await failsToOpen(file("fresh.db"), "STORE_LOCKED", /locked/);
  fresh.close();
});

test("values over 16 KB are compressed, and an episode does not rewrite a large input", async () => {
  const path = file("large.db");
  const store = await inline(path);
  const hand = await Hand.join(store, {});
  const input = JSON.stringify("order ".repeat(100_000));
  await store.start({ start: spec("i", { input: payload(input) }), onExisting: "error" });
  const [claimed] = await hand.claim();
  const raw = new DatabaseSync(path, { readOnly: true });
  const stored = raw.prepare("SELECT typeof(body) AS type, length(body) AS bytes FROM payloads").get();
  assert.ok(stored?.type === "blob" && Number(stored.bytes) < 10_000);
  assert.equal(raw.prepare("SELECT input FROM instances").get()?.input, null);
  const { no, version } = claimed!;
  const history = [append(no, 0, 1, `["${"x".repeat(20_000)}"]`)];
  await hand.commit({ history, updates: [update(no, version)] });
  assert.equal(raw.prepare("SELECT typeof(events) AS type FROM history").get()?.type, "blob");
  await hand.commit({ history: [{ ...history[0]!, firstSeq: 1, events: "[1]" }], updates: [ending(no, version + 1, '"small"')] });
  assert.deepEqual(
    raw
      .prepare("SELECT typeof(events) AS type FROM history")
      .all()
      .map(({ type }) => type),
    ["blob", "text"],
  );
  assert.equal((await store.getInstance(id("i")))?.input, input);
  raw.close();
  await store.close();
});

test("the sweep repairs what was damaged behind its back, and says so", async () => {
  const path = file("damaged.db");
  const store = await inline(path);
  const hand = await Hand.join(store, {});
  const [asleep, orphan] = await hand.own("asleep", "orphan");
  await store.deliver({ instanceId: id("asleep"), message: event("e") });
  const raw = new DatabaseSync(path);
  raw.exec(`UPDATE instances SET owner = NULL WHERE no = ${asleep}; UPDATE instances SET owner = 4711 WHERE no = ${orphan}`);
  raw.exec("INSERT INTO inbox (no, kind, body) VALUES (987654, 'event', '{}')");
  raw.close();
  assert.deepEqual(await store.sweep(), { ...NOTHING_SWEPT, repaired: 2, droppedMail: 1 });
  assert.deepEqual(await store.sweep(), NOTHING_SWEPT);
  assert.equal((await hand.claim()).length, 2);
  await store.close();
});

test("an id that UTF-8 cannot hold is refused, and its neighbours are written", async () => {
  for (const thread of ["inline", "worker"] as const) {
    const store = await openSqliteStore({ path: file(`${thread}.db`), thread });
    const calls = ["a", "\ud800", "b"].map((name) => store.start({ start: spec(name), onExisting: "error" }));
    const outcomes = await Promise.allSettled(calls);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    await refused(calls[1]!, "refusedData");
    assert.equal((await store.dump()).instances.length, 2);
    await store.close();
  }
});
