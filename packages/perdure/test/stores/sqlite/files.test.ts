import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { PerdureError } from "../../../src/errors/perdure-error.ts";
import { until } from "../../../src/process/testing/until.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/sqlite-store.ts";
import type { LogEntry } from "../../../src/telemetry/engine-log.ts";
import type { Hand } from "../../../src/testing/store-conformance/hub.ts";
import { id, refused, spec } from "../../../src/testing/store-conformance/hub.ts";
import { temporaryFolder } from "./fixture.testsuite.ts";

const folder = temporaryFolder();
after(() => folder.remove());

async function opened(name: string) {
  const path = join(folder.path, `${name}.db`);
  const said: LogEntry[] = [];
  const log = { enabled: () => true, write: (entry: LogEntry) => said.push(entry) };
  const store = await openSqliteStore({ path, thread: "worker", log });
  store.onForeignChange(() => {}); // as a host listens
  const start = (name: string) => store.start({ start: spec(name), onExisting: "error" });
  await start("before");
  const words = (event: string) => said.filter((entry) => entry.event === event);
  return { path, store, start, words };
}

const code = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof PerdureError, String(error));
  assert.equal(error.code, expected);
  return true;
};

const CASES: readonly { readonly title: string; readonly act: (path: string) => void; readonly saved: boolean }[] = [
  { title: "all deleted", act: (path) => void ["", "-wal", "-shm"].map((end) => rmSync(path + end)), saved: false },
  { title: "the file deleted", act: (path) => rmSync(path), saved: false },
  {
    title: "the file replaced",
    act: (path) => {
      copyFileSync(path, `${path}.new`);
      renameSync(`${path}.new`, path);
    },
    saved: false,
  },
  { title: "the log deleted", act: (path) => rmSync(`${path}-wal`), saved: true },
  { title: "the shared memory deleted", act: (path) => rmSync(`${path}-shm`), saved: true },
];

for (const { title, act, saved } of CASES) {
  test(`${title} under an open store: nothing more is accepted, nothing is read, the log says so once`, async () => {
    const { path, store, start, words } = await opened(title.replaceAll(" ", "-"));
    act(path);
    await until("the alarm", () => words("store.files-gone").length === 1, 5_000); // by itself, without a call
    await refused(start("after"), "busy");
    await refused(store.renew({ ...(await joinFails(store)), leaseMs: 1 }), "busy");
    await assert.rejects(store.getInstance(id("before")), code("STORE_UNAVAILABLE"));
    await store.close();
    const [entry] = words("store.files-gone");
    assert.equal(entry?.level, "error");
    assert.equal(/has been saved/.test(entry?.message ?? ""), saved, entry?.message);
    if (!saved) return;
    const again = await openSqliteStore({ path, thread: "inline" });
    assert.notEqual(await again.getInstance(id("before")), null);
    await again.close();
  });
}

const joinFails = async (store: Awaited<ReturnType<typeof openSqliteStore>>) => {
  await refused(store.join({ leaseMs: 1, functions: { orchestrator: [], activity: [], entity: [] }, host: "" }), "busy");
  return { worker: 1, fence: 1 } as unknown as Hand;
};

test("the file comes back under its name: the store continues", async () => {
  const { path, store, start, words } = await opened("moved");
  renameSync(path, `${path}.away`);
  await until("the alarm", () => words("store.files-gone").length === 1, 5_000);
  await refused(start("meanwhile"), "busy");
  renameSync(`${path}.away`, path);
  await until("all clear", () => words("store.files-back").length === 1, 5_000);
  await start("after");
  assert.notEqual(await store.getInstance(id("after")), null);
  await store.close();
});

/** A process that was killed while it had the file open. */
async function killed(name: string): Promise<string> {
  const path = join(folder.path, `${name}.db`);
  const args = ["-C", "perdure-source", join(import.meta.dirname, "child-process.testsuite.ts"), "marked", path];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  return path;
}

const opens = async (path: string) => (await openSqliteStore({ path, thread: "worker" })).close();

test("after a kill: a log that should be there and is missing is said, until its place is taken by an empty one", async () => {
  const path = await killed("log-missing");
  const copies = ["-with", "-moved"].map((end) => path + end);
  copyFileSync(path, copies[0]!);
  copyFileSync(`${path}-wal`, `${copies[0]}-wal`);
  copyFileSync(path, copies[1]!); // to another machine, and the log was forgotten
  await opens(copies[0]!);
  await opens(copies[0]!);
  await assert.rejects(opens(copies[1]!), code("STORE_LOG_MISSING"));
  rmSync(`${path}-wal`);
  for (let times = 0; times < 2; times++) await assert.rejects(opens(path), code("STORE_LOG_MISSING"));
  writeFileSync(`${path}-wal`, "");
  await opens(path);
  await opens(path);
});

test("copies that SQLite makes of an open store need no log, nor does the file once it is closed", async () => {
  const { path, store } = await opened("copied");
  await pause(500); // the log has been copied into the file once
  const raw = new DatabaseSync(path, { readOnly: true });
  await backup(raw, `${path}.backup`);
  raw.exec(`VACUUM INTO '${path}.vacuum'`);
  raw.close();
  copyFileSync(path, `${path}.plain`);
  await assert.rejects(opens(`${path}.plain`), code("STORE_LOG_MISSING"), "the file alone is not a copy");
  await store.close();
  for (const end of ["", ".backup", ".vacuum"]) await opens(path + end);
});

test("a log without its database is not overwritten by a new one", async () => {
  const path = await killed("orphan");
  const log = statSync(`${path}-wal`).size;
  copyFileSync(path, `${path}.kept`);
  truncateSync(path, 0);
  await assert.rejects(opens(path), code("STORE_LOG_ORPHANED"));
  rmSync(path);
  await assert.rejects(opens(path), code("STORE_LOG_ORPHANED"));
  assert.equal(existsSync(path), false);
  assert.equal(statSync(`${path}-wal`).size, log);
  renameSync(`${path}.kept`, path);
  await opens(path);
});

test("a new file, its log and its shared memory are for their owner alone; the rights of an old one stay", async () => {
  const { path, store } = await opened("rights");
  const rights = (of: string) => ["", "-wal", "-shm"].map((end) => (statSync(of + end).mode & 0o777).toString(8));
  assert.deepEqual(rights(path), ["600", "600", "600"]);
  await store.close();
  const shared = join(folder.path, "shared.db");
  writeFileSync(shared, "", { mode: 0o640 });
  const other = await openSqliteStore({ path: shared, thread: "worker" });
  assert.deepEqual(rights(shared), ["640", "640", "640"]);
  await other.close();
});

test("places where no file can be: an entry of the catalogue, in words", async () => {
  mkdirSync(join(folder.path, "folder"));
  symlinkSync("circle", join(folder.path, "circle"));
  writeFileSync(join(folder.path, "plain"), "x");
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["folder", "STORE_UNREADABLE", /it is a directory/],
    ["/dev/null", "STORE_UNREADABLE", /it is not a file/],
    ["circle", "STORE_UNREADABLE", /lead in a circle/],
    ["x".repeat(400), "STORE_UNREADABLE", /name is too long/],
    ["plain/hub.db", "STORE_FOLDER_MISSING", /there is no folder/],
    ["missing/hub.db", "STORE_FOLDER_MISSING", /there is no folder/],
    ["plain", "STORE_FOREIGN", /not a database of Perdure/],
  ];
  for (const [name, expected, text] of cases) {
    for (const thread of ["worker", "inline"] as const) {
      const path = name.startsWith("/") ? name : join(folder.path, name);
      await assert.rejects(openSqliteStore({ path, thread, busyTimeoutMs: 20 }), (error) => {
        code(expected)(error);
        assert.match((error as Error).message, text);
        return true;
      });
    }
  }
});
