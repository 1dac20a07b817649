import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openSqliteStore } from "../../../src/stores/sqlite/sqlite-store.ts";
import { event, Hand, id, spec } from "../../../src/testing/store-conformance/hub.ts";
import { temporaryFolder } from "./fixture.testsuite.ts";

const folder = temporaryFolder();
after(() => folder.remove());
const file = (name: string) => join(folder.path, `${name}.db`);

interface Child {
  readonly process: ChildProcess;
  /** Its next line. */
  line(): Promise<string>;
  ended(): Promise<number | null>;
}

function child(role: string, path: string): Child {
  const script = fileURLToPath(new URL("./child-process.testsuite.ts", import.meta.url));
  const started = spawn(process.execPath, ["--conditions=perdure-source", script, role, path], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  const exit = once(started, "exit");
  return {
    process: started,
    line: async () => String((await lines.next()).value),
    ended: async () => (await exit)[0] as number | null,
  };
}

test("a second process as a client: both see what the other wrote, and the first hears of it", async () => {
  const store = await openSqliteStore({ path: file("client") });
  await store.start({ start: spec("from the parent"), onExisting: "error" });
  const heard = new Promise<void>((resolve) => store.onForeignChange(resolve));
  const other = child("client", file("client"));
  assert.equal(await other.line(), "started delivered");
  await heard;
  assert.equal(await other.ended(), 0);
  const hand = await Hand.join(store, {});
  assert.equal((await hand.claim()).length, 2);
  assert.deepEqual(
    (await hand.mail()).map(({ kind }) => kind),
    ["event"],
  );
  await store.close();
});

test("a second process as a worker: killed, it is known to be dead at once, and what it had is taken over", async () => {
  const store = await openSqliteStore({ path: file("worker") });
  const hand = await Hand.join(store, {});
  await hand.own("other");
  await store.start({ start: spec("i"), onExisting: "error" });
  const other = child("worker", file("worker"));
  const [worker, no] = (await other.line()).split(" ").map(Number);
  const alive = (await store.readWorkers()).workers.find((row) => row.worker === worker);
  assert.ok(alive?.fence);
  assert.equal(alive.provenDead, false);
  assert.equal(await store.declareDead({ worker: alive.worker, fence: alive.fence, renewals: 0 }), false);
  assert.deepEqual(
    (await hand.mail()).map(({ kind }) => kind),
    ["event"],
  );
  other.process.kill("SIGKILL");
  await other.ended();
  const dead = (await store.readWorkers()).workers.find((row) => row.worker === worker);
  assert.equal(dead?.provenDead, true);
  assert.equal(await store.declareDead({ worker: alive.worker, fence: alive.fence, renewals: 0 }), true);
  assert.deepEqual(await store.takeOver({ dead: alive.worker, limit: 10 }), { freed: 1, done: true });
  assert.deepEqual(
    (await hand.claim()).map((claimed) => claimed.no),
    [no],
  );
  await store.close();
});

test("killed while it writes: what it told is there, and no batch is torn", async () => {
  const path = file("killed");
  for (let round = 0; round < 3; round++) {
    const writer = child("writer", path);
    await writer.line();
    let told = 0;
    while (told < 5 + round * 20) told = Number((await writer.line()).split(" ")[1]);
    writer.process.kill("SIGKILL");
    await writer.ended();
    const store = await openSqliteStore({ path, thread: "inline" });
    const { instances, history } = await store.dump();
    const versions = new Set(instances.map(({ version }) => version));
    assert.equal(versions.size, 1, "all of a batch or nothing");
    const [version = 0] = versions;
    assert.ok(version >= told, `told ${told}, found ${version}`);
    assert.equal(history.length, version * 20);
    for (const { worker, fence } of (await store.readWorkers()).workers) {
      assert.ok(fence !== null && (await store.declareDead({ worker, fence, renewals: 0 })));
      assert.equal((await store.takeOver({ dead: worker, limit: 100 })).done, true);
    }
    for (const { no, version: last } of (await store.dump()).instances) assert.equal((await store.load([no]))[0]?.history.length, last - 1);
    for (let index = 0; index < 20; index++) assert.equal(await (await openedBy(store)).end(`w${index}`), true);
    await store.close();
  }
});

/** Clears the field for the next round. */
async function openedBy(store: Awaited<ReturnType<typeof openSqliteStore>>) {
  const hand = await Hand.join(store, {});
  return {
    async end(name: string): Promise<boolean> {
      const [claimed] = await hand.claim(1);
      assert.ok(claimed, name);
      const completed = { output: null };
      const columns = { generation: 0, executionId: "x" as never, customStatus: null, nextWake: null, updatedAt: 1 };
      const row = {
        no: claimed.no,
        expectedVersion: claimed.version,
        version: claimed.version + 1,
        status: "Completed",
        ...columns,
        completed,
      } as const;
      await hand.commit({ updates: [row] });
      const [loaded] = await store.load([claimed.no]);
      await store.leave(hand);
      return loaded !== undefined && (await store.purge({ instanceId: loaded.row.instanceId })).deleted === 1;
    },
  };
}

test("several processes open a new file at once", async () => {
  const path = file("many");
  const children = Array.from({ length: 4 }, () => child("open", path));
  assert.deepEqual(await Promise.all(children.map((one) => one.line())), Array(4).fill("open"));
  assert.deepEqual(await Promise.all(children.map((one) => one.ended())), Array(4).fill(0));
});

test("an idle store keeps no process alive", async () => {
  const other = child("idle", file("idle"));
  assert.equal(await other.line(), "wal");
  assert.equal(await other.ended(), 0);
});

test("two store objects in one process are two connections to one hub", async () => {
  const [a, b] = [await openSqliteStore({ path: file("two") }), await openSqliteStore({ path: file("two") })];
  const heard = new Promise<void>((resolve) => a.onForeignChange(resolve));
  await b.start({ start: spec("i"), onExisting: "error" });
  await heard;
  assert.equal((await a.deliver({ instanceId: id("i"), message: event("e") })).outcome, "delivered");
  const [first, second] = [await a.reserveNumbers(10), await b.reserveNumbers(10)];
  assert.ok(Math.abs(first.first - second.first) >= 10);
  await Promise.all([a.close(), b.close()]);
});
