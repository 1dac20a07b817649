import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { loadApp } from "../../app-threads/load-app.ts";
import type { JsonValue } from "../../model/payload.ts";
import { TaskHub } from "../../task-hub/task-hub.ts";
import { runCommand } from "../testing/run-command.ts";
import { Folder, PERDURE } from "../testing/spawn-cli.ts";

const folder = new Folder();
after(() => folder[Symbol.dispose]());

const app = folder.write(
  "app.mjs",
  `import { activity, orchestrator } from ${JSON.stringify(PERDURE)};
export const add = activity("Add", (n) => n + 1);
export const count = orchestrator("Count", async (ctx, n) => {
  ctx.setCustomStatus({ at: n });
  if (n < 2) return ctx.continueAsNew(n + 1);
  return (await ctx.callActivity("Add", n)) + (await ctx.waitForExternalEvent("More"));
});
export const parent = orchestrator("Parent", async (ctx) => {
  const [long] = await Promise.all([ctx.callSubOrchestrator("Count", 0, { instanceId: "child" }), ctx.createTimer("1ms")]);
  return long;
});
`,
);
const functions = () => loadApp(app, [app], folder.path);
const source = join(folder.path, "hub.db");

const run = (...args: readonly string[]) => runCommand(args, { cwd: folder.path });

before(async () => {
  await using hub = await TaskHub.open(`file:${source}`, { functions: await functions(), log: false });
  await hub.start();
  await hub.client.startNew("Parent", { instanceId: "parent", tags: { team: "red" } });
  const done = await hub.client.startNew("Count", { instanceId: "done 1*", input: 2, version: "1.0" });
  await done.raiseEvent("More", 40);
  assert.equal(await done.result({ timeout: "20s" }), 43);
  await hub.client.startNew("Count", { instanceId: "later", input: 2, startAt: "1d" });
  const isReady = async () => {
    const [child, parent] = await Promise.all(["child", "parent"].map((id) => hub.client.getStatus(id, { showHistory: true })));
    const has = (status: typeof child, kind: string) => status?.history?.some((event) => event.kind === kind) === true;
    return has(child, "TaskCompleted") && has(parent, "TimerFired");
  };
  while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 5));
});

const linesOf = (path: string): readonly { readonly [field: string]: JsonValue }[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

test("export writes a line for each instance, which replay-check reads", async () => {
  const path = join(folder.path, "all.jsonl");
  const said = await run("export", "all.jsonl", "--store", source);
  assert.deepEqual(said, { code: 0, out: `4 instances exported to ${path}.\n`, err: "" });
  const all = linesOf(path);
  const lines = all.filter(({ audit }) => audit === undefined);
  assert.deepEqual([all.length, all.at(-1)?.audit === undefined], [5, false], "the lines of the audit come last");
  const heads = lines.map(({ instanceId, name, version, runtimeStatus }) => [instanceId, name, version, runtimeStatus]);
  assert.deepEqual(heads.sort(), [
    ["child", "Count", null, "Running"],
    ["done 1*", "Count", "1.0", "Completed"],
    ["later", "Count", null, "Pending"],
    ["parent", "Parent", null, "Running"],
  ]);
  assert.ok(lines.every(({ history }) => Array.isArray(history)));
  assert.equal(statSync(path).mode & 0o077, 0);
  mkdirSync(join(folder.path, "lines"));
  writeFileSync(join(folder.path, "lines", "all.jsonl"), readFileSync(path));
  assert.match((await run("replay-check", app, "--from", "lines")).out, /^✔ 4 instances replayed/);
});

test("export into a folder, of those that a filter names", async () => {
  const said = await run("export", "one-each/", "--store", source, "--status", "completed,running", "--json");
  assert.deepEqual(JSON.parse(said.out), { instancesExported: 3, path: `${join(folder.path, "one-each")}/` });
  assert.deepEqual(readdirSync(join(folder.path, "one-each")).sort(), [
    "%audit-000001.json",
    "child.json",
    "done%201%2A.json",
    "parent.json",
  ]);
  assert.match((await run("replay-check", app, "--from", "one-each")).out, /^✔ 3 instances replayed/);
  assert.match((await run("export", "some.jsonl", "--store", source, "--prefix", "chi")).out, /^1 instance exported/);
});

test("an export overwrites nothing, and leaves nothing that looks whole behind", async () => {
  const path = folder.write("mine.jsonl", "mine");
  const refused = await run("export", "mine.jsonl", "--store", source);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /mine\.jsonl" cannot be written: it exists\. .* \[FILE_NOT_WRITTEN\]/);
  assert.equal(readFileSync(path, "utf8"), "mine");
  assert.match((await run("export", "nowhere/all.jsonl", "--store", source)).err, /ENOENT.*\[FILE_NOT_WRITTEN\]/s);
  assert.match((await run("export", "one-each/", "--store", source)).err, /EEXIST.*\[FILE_NOT_WRITTEN\]/s);
  assert.match((await run("export", "x.jsonl", "--store", "memory:")).err, /"--store" is "memory:"; expected file:PATH or postgres/);
  assert.equal(existsSync(join(folder.path, "x.jsonl")), false);
});

test("backup copies a store that a host writes to, at one moment, and it is a whole one", async () => {
  await using hub = await TaskHub.open(`file:${source}`, { functions: await functions(), log: false });
  await hub.start();
  let isDone = false;
  const writing = (async () => {
    for (let n = 0; !isDone; n += 1) await hub.client.startNew("Count", { instanceId: `busy-${n}`, input: 2 });
  })();
  const said = await run("backup", "copy.db", "--store", source, "--json");
  isDone = true;
  await writing;
  assert.equal(said.code, 0, said.err);
  const { path, bytes } = JSON.parse(said.out);
  assert.deepEqual([path, bytes], [join(folder.path, "copy.db"), statSync(path).size]);
  assert.equal(statSync(path).mode & 0o077, 0);
  assert.match((await run("verify", "copy.db")).out, /^✔ All invariants hold/);
  await using restored = await TaskHub.open(`file:${path}`, { functions: await functions(), log: false });
  await restored.start();
  await restored.client.raiseEvent("child", "More", 1);
  assert.equal(await restored.client.handle("Parent", "parent").result({ timeout: "20s" }), 4);
});

test("backup overwrites nothing, and leaves nothing half done behind", async () => {
  folder.write("there.db", "mine");
  assert.match((await run("backup", "there.db", "--store", source)).err, /there\.db" cannot be written: it exists\./);
  folder.write("log.db-wal", "another's");
  assert.match((await run("backup", "log.db", "--store", source)).err, /log\.db-wal" cannot be written: it exists\./);
  assert.match((await run("backup", "no/where.db", "--store", source)).err, /where\.db" cannot be written: ENOENT/);
  assert.deepEqual(
    readdirSync(folder.path).filter((name) => name.endsWith(".partial")),
    [],
  );
});
