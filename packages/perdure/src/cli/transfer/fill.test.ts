import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { activity } from "../../functions/activity.ts";
import { entity } from "../../functions/entity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { parseHistory } from "../../store/parse.ts";
import { openSqliteStore } from "../../stores/sqlite/sqlite-store.ts";
import { openStore } from "../../task-hub/open-store.ts";
import { TaskHub } from "../../task-hub/task-hub.ts";
import { append, ending, event, Hand, task, toNo } from "../../testing/store-conformance/hub.ts";
import { runCommand } from "../testing/run-command.ts";
import { Folder } from "../testing/spawn-cli.ts";

const folder = new Folder();
after(() => folder[Symbol.dispose]());

const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx, by: number) => {
      ctx.state += by;
    },
    get: (ctx) => ctx.state,
  },
});
const add = activity("Add", (n: number) => n + 1);
const child = orchestrator("Child", async (ctx, n: number) => {
  ctx.setCustomStatus({ at: n });
  if (n < 2) return ctx.continueAsNew(n + 1);
  return (await ctx.callActivity(add, n)) + (await ctx.waitForExternalEvent<number>("More"));
});
const parent = orchestrator("Parent", async (ctx) => ctx.callSubOrchestrator(child, 0, { instanceId: "child" }));
const careful = orchestrator("Careful", async (ctx) => {
  using lock = await ctx.lock(counter.id("locked"));
  const [one] = lock.entities;
  await one.call.add(5);
  await ctx.waitForExternalEvent("Go");
  return one.call.get();
});
const stuck = orchestrator("Stuck", async () => new Promise<string>(() => {}));
const functions = [counter, add, child, parent, careful, stuck];

const source = join(folder.path, "hub.db");
const run = (...args: readonly string[]) => runCommand(args, { cwd: folder.path });

before(async () => {
  await using hub = await TaskHub.open(`file:${source}`, { functions, log: false });
  await hub.start();
  const { client } = hub;
  await client.startNew(parent, { instanceId: "parent", tags: { team: "red" } });
  const done = await client.startNew(child, { instanceId: "done", input: 2, version: "1.0" });
  await done.raiseEvent("More", 40);
  assert.equal(await done.result({ timeout: "20s" }), 43);
  const gone = await client.startNew(child, { instanceId: "gone", input: 2, tags: { a: "b" } });
  await gone.terminate();
  await client.waitForCompletion("gone");
  await client.purge("gone");
  await client.startNew(child, { instanceId: "later", input: 2, startAt: "1d" });
  const paused = await client.startNew(child, { instanceId: "paused", input: 2 });
  await client.startNew(careful, { instanceId: "careful" });
  await client.startNew(stuck, { instanceId: "stuck" });
  const is = async (isTrue: () => Promise<boolean>) => {
    while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await is(
    async () => (await client.getStatus("child", { showHistory: true }))?.history?.some((one) => one.kind === "TaskCompleted") === true,
  );
  await paused.suspend();
  await is(async () => (await paused.status()).runtimeStatus === "Suspended");
  await is(async () => (await client.getStatus("stuck"))?.stopped != null);
  const locked = client.entity(counter, "locked");
  await is(async () => (await locked.info())?.lockedBy != null);
  await locked.signal.add(100);
  await is(async () => (await locked.info())?.waiting === 1);
  await client.entity(counter, "due").signal.add(1, { at: "1d" });
  await client.entity(counter, "free").signal.add(7);
  await is(async () => (await client.entity(counter, "free").state()) === 7 && (await client.entity(counter, "due").info())?.waiting === 1);
  await hub.close();
  // Mail that no worker has read yet.
  await using client2 = await TaskHub.open(`file:${source}`, { log: false });
  await client2.client.raiseEvent("paused", "More", 1);
});

/** What must be the same wherever it is; a row says when it came to rest in words of its own store. */
async function contents(url: string) {
  const store = await openStore(url);
  try {
    const { instances, history, inbox, tasks } = await store.dump();
    return instances.map((row) => {
      const { owner: _o, version: _v, wakeAt: _w, crashes: _c, poisonCodeVersions: _p, ...rest } = row;
      const own = history.filter((chunk) => chunk.no === row.no && chunk.generation === row.generation);
      const mail = inbox
        .filter((one) => one.no === row.no)
        .map(({ kind, generation, body }) => ({ kind, generation, body: JSON.parse(body) }));
      return { ...rest, history: parseHistory(own), mail, tasks: tasks.filter((task) => task.no === row.no) };
    });
  } finally {
    await store.close();
  }
}

/** The newest first. */
async function auditOf(url: string) {
  const store = await openStore(url);
  try {
    return (await store.audit.read({ instanceId: null, limit: 100, place: null })).rows;
  } finally {
    await store.close();
  }
}

async function continues(url: string): Promise<void> {
  await using hub = await TaskHub.open(url, { functions, log: false });
  await hub.start();
  const { client } = hub;
  await client.raiseEvent("child", "More", 1);
  assert.equal(await client.handle(parent, "parent").result({ timeout: "20s" }), 4);
  await client.resume("paused");
  assert.equal(await client.handle(child, "paused").result({ timeout: "20s" }), 4);
  await client.raiseEvent("careful", "Go");
  assert.equal(await client.handle(careful, "careful").result({ timeout: "20s" }), 5);
  while ((await client.entity(counter, "locked").state()) !== 105) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(await client.entity(counter, "free").state(), 7);
  assert.equal((await client.startNew(child, { input: 2 })).instanceId.length, 32);
}

const eventsOf = (count: number): string => JSON.stringify(Array.from({ length: count }, () => ({ kind: "OrchestratorStarted", ts: 1 })));

const withoutPartial = () => readdirSync(folder.path).filter((name) => /partial/.test(name));

test("a copy has everything: ids, numbers, histories, mail, locks, reasons, times of ends; and it continues", async () => {
  const said = await run("copy", source, "copy.db");
  assert.deepEqual(said, { code: 0, out: "10 instances copied to copy.db.\n", err: "" });
  const copy = join(folder.path, "copy.db");
  const [was, is] = [await contents(`file:${source}`), await contents(`file:${copy}`)];
  assert.equal(was.length, 10);
  assert.deepEqual(is, was);
  const lines = await auditOf(`file:${source}`);
  assert.deepEqual(
    lines.map(({ what, instanceId, count }) => [what, instanceId, count]),
    [
      ["purge", "gone", 1],
      ["continueAsNew", "child", 2],
    ],
  );
  assert.deepEqual(await auditOf(`file:${copy}`), lines);
  assert.match((await run("verify", copy)).out, /^✔ All invariants hold/);
  await continues(`file:${copy}`);
  assert.deepEqual(withoutPartial(), []);
});

test("activities that have rows of their own, and rows of great lengths, come along", async () => {
  const path = join(folder.path, "tasks.db");
  const store = await openSqliteStore({ path, thread: "inline" });
  const hand = await Hand.join(store, {});
  const [busy, long] = await hand.own("busy", "long");
  assert.ok(busy !== undefined && long !== undefined);
  const progress = JSON.stringify("half");
  await hand.commit({ newTasks: [task(busy, 1, { progress, crashes: 2 }), task(busy, 2, { claimed: true })] });
  for (let n = 0; n < 5; n += 1) await hand.commit({ history: [append(long, n * 300, 300, eventsOf(300), { expectedVersion: 0 })] });
  await hand.commit({ releases: [busy, long].map((no) => ({ no, version: 0, nextWake: null, asReady: false })) });
  await store.leave({ worker: hand.worker, fence: hand.fence });
  await store.close();
  assert.deepEqual(await run("copy", path, "tasks-copy.db"), { code: 0, out: "2 instances copied to tasks-copy.db.\n", err: "" });
  const read = async (file: string) =>
    (await contents(`file:${file}`)).map(({ tasks, history }) => ({
      events: history.length,
      tasks: tasks.map(({ eventId, name, body, crashes, progress: kept }) => ({ eventId, name, body, crashes, kept })),
    }));
  const [was, is] = [await read(path), await read(join(folder.path, "tasks-copy.db"))];
  assert.deepEqual(was.map(({ tasks, events }) => [tasks.length, events]).sort(), [
    [0, 1_500],
    [2, 0],
  ]);
  assert.deepEqual(is, was);
});

test("an export can be imported, from a file and from a folder", async () => {
  await run("export", "all.jsonl", "--store", source);
  await run("export", "each/", "--store", source);
  const was = await contents(`file:${source}`);
  for (const [from, to] of [
    ["all.jsonl", "imported.db"],
    ["each", "imported-too.db"],
  ] as const) {
    const said = await run("import", from, "--store", to, "--json");
    assert.deepEqual([said.code, said.out, said.err], [0, '{"instances":10}\n', ""]);
    assert.deepEqual(await contents(`file:${join(folder.path, to)}`), was);
    assert.deepEqual(await auditOf(`file:${join(folder.path, to)}`), await auditOf(`file:${source}`));
  }
  await run("export", "part.jsonl", "--store", source, "--prefix", "chi");
  await run("import", "part.jsonl", "--store", "part.db");
  assert.deepEqual(
    (await auditOf(`file:${join(folder.path, "part.db")}`)).map(({ what, instanceId }) => [what, instanceId]),
    [["continueAsNew", "child"]],
    "a part has the lines of what is in it",
  );
  await continues(`file:${join(folder.path, "imported.db")}`);
});

test("only a store that never held an instance takes them, and what is in use is left alone", async () => {
  const target = join(folder.path, "taken.db");
  {
    await using hub = await TaskHub.open(`file:${target}`, { functions, log: false });
    await hub.start();
    const run2 = await hub.client.startNew(child, { instanceId: "mine", input: 2 });
    assert.match((await run("copy", source, "taken.db")).err, /uses the store at .*taken\.db.* \[STORE_IN_USE\]/);
    assert.match((await run("copy", "taken.db", "elsewhere.db")).err, /uses the store at .*taken\.db.* \[STORE_IN_USE\]/);
    await run2.terminate();
    await hub.client.waitForCompletion("mine");
    await hub.client.purge("mine");
  }
  const refused = await run("copy", source, "taken.db");
  assert.deepEqual([refused.code, (await contents(`file:${target}`)).length], [2, 0]);
  assert.match(refused.err, /has held instances.* \[STORE_NOT_EMPTY\]/);
  assert.match((await run("copy", source, source)).err, /\[STORE_NOT_EMPTY\]/);
  assert.match((await run("copy", "nowhere.db", "elsewhere.db")).err, /\[STORE_MISSING\]/);
  assert.match((await run("copy", source, "memory:")).err, /"<to-store>" is "memory:"; expected file:PATH or postgres/);
  assert.equal(existsSync(join(folder.path, "elsewhere.db")), false);
  assert.deepEqual(withoutPartial(), []);
});

test("what is not an export is refused with what is wrong, and makes no store", async () => {
  const [line = ""] = readFileSync(join(folder.path, "all.jsonl"), "utf8").split("\n");
  const whole = JSON.parse(line);
  const refused = async (text: string, problem: RegExp) => {
    writeFileSync(join(folder.path, "bad.jsonl"), text);
    const said = await run("import", "bad.jsonl", "--store", "bad.db");
    assert.equal(said.code, 2, said.out);
    assert.match(said.err, problem);
    assert.match(said.err, /\[IMPORT_INVALID\]/);
    assert.equal(existsSync(join(folder.path, "bad.db")), false);
  };
  await refused("", /it has no instances/);
  await refused("{", /bad\.jsonl" cannot be imported: /);
  await refused("[1]", /an entry has no instanceId/);
  await refused(`${line}\n${line}`, /is there twice/);
  const without = (change: object) => JSON.stringify({ ...whole, ...change });
  await refused(without({ instanceId: "a/b" }), /the id "a\/b" cannot be/);
  await refused(without({ runtimeStatus: "Done" }), /has no runtimeStatus/);
  await refused(without({ history: [{}] }), /has no history/);
  await refused(without({ row: undefined }), /has no row/);
  for (const [field, value] of [
    ["no", 0],
    ["no", 1.5],
    ["input", "{"],
    ["nextWake", "soon"],
    ["createdAt", null],
    ["parent", {}],
    ["tags", { a: 1 }],
  ] as const)
    await refused(without({ row: { ...whole.row, [field]: value } }), new RegExp(`has no row\\.${field}`));
  await refused(without({ mail: [{ kind: 1 }] }), /has no mail/);
  await refused(without({ tasks: [{}] }), /has no tasks/);
  await refused(`${line}\n{"audit":[{}]}`, /its audit has another line than perdure export writes/);
  copyFileSync(join(folder.path, "all.jsonl"), join(folder.path, "bad.jsonl"));
  assert.equal((await run("import", "bad.jsonl", "--store", "bad.db")).code, 0);
  assert.match((await run("import", "nowhere", "--store", "x.db")).err, /there is nothing.*\[IMPORT_INVALID\]/);
});

test("events that an instance had not taken when it failed come along, put aside or not", async () => {
  const path = join(folder.path, "failed.db");
  const store = await openSqliteStore({ path, thread: "inline" });
  const hand = await Hand.join(store, {});
  const nos = await hand.own("aside", "late");
  const failed = (no: InstanceNo) => ({ ...ending(no, 0), status: "Failed" }) as const;
  for (const no of nos) {
    await hand.commit({ messages: ["1", "2"].map((name) => toNo(no, event(name))) });
    await hand.commit({ history: [append(no, 0, 1, eventsOf(1))], updates: [failed(no)] });
    if (no === nos[0]) await store.sweep();
  }
  await store.leave({ worker: hand.worker, fence: hand.fence });
  await store.close();
  assert.deepEqual(await run("copy", path, "failed-copy.db"), { code: 0, out: "2 instances copied to failed-copy.db.\n", err: "" });
  const copy = await openSqliteStore({ path: join(folder.path, "failed-copy.db"), thread: "inline" });
  const loaded = await copy.load(nos);
  await copy.close();
  assert.deepEqual(
    loaded.map(({ row, inbox }) => [row.status, inbox.map(({ body }) => JSON.parse(body).name)]),
    [
      ["Failed", ["1", "2"]],
      ["Failed", ["1", "2"]],
    ],
  );
});
