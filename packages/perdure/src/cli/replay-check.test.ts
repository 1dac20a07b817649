import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { loadApp } from "../app-threads/load-app.ts";
import { entity } from "../functions/entity.ts";
import type { HistoryEvent } from "../model/history.ts";
import { eventId, instanceId } from "../model/ids.ts";
import { parseHistory } from "../store/parse.ts";
import { openSqliteStore } from "../stores/sqlite/sqlite-store.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCommand } from "./testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "perdure-replay-check-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const INDEX = JSON.stringify(new URL("../index.ts", import.meta.url).href);

/** An app in a file: its orchestrator does `body` after the first activity. */
function app(name: string, body: string, more = ""): string {
  const path = join(folder, `${name}.mjs`);
  const lines = [
    `import { activity, orchestrator } from ${INDEX};`,
    `export const ship = activity("Ship", () => "shipped");`,
    `export const flow = orchestrator("Flow", async (ctx) => {`,
    `  await ctx.callActivity("Ship");`,
    `  ${body}`,
    `});`,
    more,
  ];
  writeFileSync(path, lines.join("\n"));
  return path;
}

const WAITS = 'await ctx.waitForExternalEvent("Go"); return "done";';
const PACK = 'export const pack = activity("Pack", () => "packed");';
const OTHER = 'export const other = orchestrator("Other", async (ctx) => ctx.waitForExternalEvent("Go"));';
const store = join(folder, "hub.db");
const recorded = app("recorded", `await ctx.callActivity("Pack"); ${WAITS}`, `${PACK}\n${OTHER}`);

before(async () => {
  await using hub = await TaskHub.open(`file:${store}`, { functions: await loadApp(recorded, [recorded], folder), log: false });
  await hub.start();
  for (const id of ["a", "b", "c"]) await hub.client.startNew("Flow", { instanceId: id, version: "1.0" });
  await hub.client.startNew("Other", { instanceId: "other" });
  const done = await hub.client.startNew("Flow", { instanceId: "done" });
  await done.raiseEvent("Go");
  await done.result({ timeout: "20s" });
  const waits = async (id: string) =>
    (await hub.client.getStatus(id, { showHistory: true }))?.history?.filter(({ kind }) => kind === "TaskCompleted").length === 2;
  for (const id of ["a", "b", "c"]) while (!(await waits(id))) await new Promise((resolve) => setTimeout(resolve, 5));
  await hub.client.waitForStart("other");
});

const check = (...args: readonly string[]) => runCommand(["replay-check", ...args], { cwd: folder });

const from = (...args: readonly string[]) => ["--from", `file:${store}`, ...args];

async function rows() {
  const open = await openSqliteStore({ path: store, thread: "inline" });
  try {
    const { now: _, ...all } = await open.dump();
    return all;
  } finally {
    await open.close();
  }
}

test("the code that recorded them replays all of them, and nothing is written", async () => {
  const before = await rows();
  const open = await check(recorded, ...from());
  assert.deepEqual(open, { code: 0, out: "✔ 4 instances replayed: the code asks for what was recorded.\n", err: "" });
  assert.match((await check(recorded, ...from("--status", "all"))).out, /^✔ 5 instances replayed/);
  assert.match((await check(recorded, ...from("--status", "completed,failed"))).out, /^✔ 1 instance replayed/);
  assert.match((await check(recorded, ...from("--name", "flow"))).out, /^✔ 3 instances replayed/);
  assert.match((await check(recorded, ...from("--sample", "2"))).out, /^✔ 3 instances replayed/);
  assert.deepEqual(await rows(), before);
});

test("each difference: instance, event, recorded, asked, file and line, version", async () => {
  const changed = app("changed", `await ctx.callActivity("Weigh"); ${WAITS}`, `${PACK}\n${OTHER}`);
  const { code, out } = await check(changed, ...from());
  assert.equal(code, 1);
  assert.match(
    out,
    /✖ a "Flow", version 1\.0, event 7: recorded activity "Pack" as action 1, asked for activity "Weigh" as action 1 at .*changed\.mjs:5\n/,
  );
  assert.match(out, /^4 instances replayed: 3 differences, 0 missing functions\.$/m);
  const json = JSON.parse((await check(changed, ...from("--name", "Flow", "--sample", "1", "--json"))).out);
  const [first] = json.differences;
  assert.match(first.file, /changed\.mjs$/);
  const { file: _, instanceId: __, ...rest } = first;
  const asked = 'activity "Weigh" as action 1';
  const expected = {
    name: "Flow",
    version: "1.0",
    kind: "diverged",
    event: 7,
    recorded: 'activity "Pack" as action 1',
    asked,
    line: 5,
    isAfter: false,
  };
  assert.deepEqual([rest, json.replayed, json.missing], [expected, 1, []]);
});

test("code that asks for less, ends early, or waits for something foreign", async () => {
  const less = await check(app("less", WAITS, `${PACK}\n${OTHER}`), ...from("--name", "Flow", "--sample", "1"));
  assert.match(less.out, /event 7: recorded activity "Pack" as action 1, asked for nothing there after .*less\.mjs:4\n/);
  const early = await check(
    app("early", 'await ctx.callActivity("Pack"); return 1;', `${PACK}\n${OTHER}`),
    ...from("--name", "Flow", "--sample", "1"),
  );
  assert.match(early.out, /event \d+: recorded no end, asked for its end as Completed\n/);
  const thrown = [
    await check(app("throws", `null.boom; ${WAITS}`, `${PACK}\n${OTHER}`), ...from("--name", "Flow", "--sample", "1")),
    await check(app("throws-late", `await ctx.callActivity("Pack"); null.boom; ${WAITS}`, `${PACK}\n${OTHER}`), ...from("--sample", "1")),
  ] as const;
  const BOOM = "Cannot read properties of null \\(reading 'boom'\\)";
  assert.match(
    thrown[0].out,
    new RegExp(`event 7: recorded activity "Pack" as action 1, asked for nothing there, since it failed: ${BOOM} at .*throws\\.mjs:5\n`),
  );
  assert.match(thrown[1].out, new RegExp(`recorded no end, asked for its end as Failed: ${BOOM} at .*throws-late\\.mjs:5\n`));
  const longer = await check(
    app(
      "longer",
      `await ctx.callActivity("Pack"); ${WAITS.replace("return", 'await ctx.waitForExternalEvent("Go"); return')}`,
      `${PACK}\n${OTHER}`,
    ),
    ...from("--status", "completed"),
  );
  assert.match(longer.out, /✖ done "Flow", no version, event \d+: recorded its end as Completed, asked for nothing more\n/);
  const foreign = await check(
    app("foreign", 'await ctx.callActivity("Pack"); await new Promise(() => {});', `${PACK}\n${OTHER}`),
    ...from("--name", "Flow", "--sample", "1"),
  );
  assert.match(
    foreign.out,
    /✖ \w "Flow", version 1\.0: STUCK: Orchestrator "Flow" .* is waiting for a promise that is not a durable task.*foreign\.mjs:5/,
  );
  assert.deepEqual(
    [less, early, ...thrown, longer, foreign].map(({ code }) => code),
    [1, 1, 1, 1, 1, 1],
  );
});

test("functions that the app lacks, and versions that it does not take", async () => {
  const lacking = await check(app("lacking", `await ctx.callActivity("Pack"); ${WAITS}`, PACK), ...from());
  assert.deepEqual(
    [lacking.code, lacking.out],
    [1, '✖ The app has no orchestrator "Other": 1 instance\n4 instances replayed: 0 differences, 1 missing function.\n'],
  );
  const older = await check(
    recorded,
    ...from("--name", "Flow", "--default-version", "0.9", "--version-match-strategy", "CurrentOrOlder", "--sample", "1"),
  );
  assert.match(older.out, /✖ \w "Flow", version 1\.0: the app takes no instance with "1\.0"\n/);
});

test("entities that an instance waits for or has locked, and the app lacks", async () => {
  const calls = app(
    "calls",
    'const lock = await ctx.lock(till.id("a"), entityRef("Purse").id("a")); await lock.entities[1].call.open();',
    `import { entity, entityRef } from ${INDEX}; export const till = entity("Till", { initialState: () => 0, operations: {} });`,
  );
  const begun = (await historyOf("other")).flatMap((event): HistoryEvent[] =>
    event.kind === "ExecutionStarted" ? [{ ...event, name: "Flow" }] : event.kind === "OrchestratorStarted" ? [event] : [],
  );
  const at = { ts: begun[0]?.ts ?? 0 };
  const [purse, locked] = [instanceId("@purse@a"), instanceId("@till@a")];
  const episode = (...asked: readonly HistoryEvent[]): HistoryEvent[] => [...asked, { kind: "OrchestratorCompleted", ...at }];
  const history: readonly HistoryEvent[] = [
    ...begun.slice(0, 2),
    ...episode({ kind: "TaskScheduled", ...at, id: eventId(0), name: "Ship", input: null }),
    ...[{ kind: "TaskCompleted", ...at, taskId: eventId(0), result: null } as const, { kind: "OrchestratorStarted", ...at } as const],
    ...episode({ kind: "EntityLockRequested", ...at, id: eventId(1), entities: [purse, locked] }),
    ...[{ kind: "EntityLockGranted", ...at, taskId: eventId(1) } as const, { kind: "OrchestratorStarted", ...at } as const],
    ...episode({ kind: "EntityOperationCalled", ...at, id: eventId(2), instanceId: purse, operation: "open", input: null }),
  ];
  const path = join(folder, "with-entities");
  mkdirSync(path);
  writeFileSync(join(path, "one.json"), JSON.stringify({ instanceId: "e", history }));
  const { code, out } = await check(calls, "--from", path);
  assert.equal(out, '✖ The app has no entity "purse": 1 instance\n1 instance replayed: 0 differences, 1 missing function.\n');
  assert.equal(code, 1);
});

test("stored states of entities: those that the schema or the class takes no more, and those whose function is missing", async () => {
  const path = join(folder, "entities.db");
  const money = entity("Money", {
    initialState: (): unknown => 0,
    operations: {
      be: (ctx, value: unknown) => {
        ctx.state = value;
      },
    },
  });
  const gone = entity("Gone", {
    initialState: () => 0,
    operations: {
      set: (ctx) => {
        ctx.state = 1;
      },
    },
  });
  await using hub = await TaskHub.open(`file:${path}`, { functions: [money, gone], log: false });
  await hub.start();
  for (const [key, value] of Object.entries({ a: 5, b: "five", c: { cents: 5 } })) await hub.client.entity(money, key).signal.be(value);
  await hub.client.entity(gone, "x").signal.set();
  const states = () =>
    Promise.all([...["a", "b", "c"].map((key) => hub.client.entity(money, key)), hub.client.entity(gone, "x")].map((one) => one.state()));
  while ((await states()).includes(null)) await new Promise((resolve) => setTimeout(resolve, 5));
  await hub.close();
  const schema = `{ "~standard": { version: 1, vendor: "test", validate: (value) => typeof value === "number" ? { value } : { issues: [{ message: "a number is expected" }] } } }`;
  const strict = app(
    "strict",
    WAITS,
    `import { entity } from ${INDEX}; export const money = entity("Money", { initialState: () => 0, operations: {} }, { state: ${schema} });`,
  );
  const { code, out, err } = await check(strict, "--from", `file:${path}`);
  assert.deepEqual([code, err], [1, ""]);
  const lines = out.split("\n");
  assert.match(lines[0] ?? "", /^✖ @money@b: its stored state: .*state of entity "Money".*a number is expected/);
  assert.match(lines[1] ?? "", /^✖ @money@c: /);
  assert.equal(lines[2], '✖ The app has no entity "gone": 1 instance');
  assert.equal(lines[3], "0 instances replayed, 3 states of entities loaded: 2 differences, 1 missing function.");
  const json = JSON.parse((await check(strict, "--from", `file:${path}`, "--name", "MONEY", "--sample", "1", "--json")).out);
  assert.deepEqual([json.states, json.missing], [1, []]);
  assert.match((await check(strict, "--from", `file:${path}`, "--status", "completed")).out, /^✔ 0 instances replayed: /);
});

test("patches: which can go, and which some instance runs without", async () => {
  const patched = app("patched", `await ctx.callActivity(ctx.patched("weigh") ? "Weigh" : "Pack"); ${WAITS}`, `${PACK}\n${OTHER}`);
  const json = JSON.parse((await check(patched, ...from("--json"))).out);
  assert.deepEqual([json.differences, json.patches], [[], [{ orchestrator: "Flow", patch: "weigh", taken: 0, without: 3, canGo: false }]]);
  const path = join(folder, "marked");
  mkdirSync(path);
  writeFileSync(join(path, "one.json"), JSON.stringify({ instanceId: "m", history: await markedHistory() }));
  const can = await check(patched, "--from", path);
  assert.equal(can.code, 0);
  assert.match(can.out, /^ctx\.patched\("weigh"\) of "Flow" can go: each of 1 instance that reached it has taken it\.$/m);
});

/** That of "a", as if the patch had been there from the beginning. */
async function markedHistory(): Promise<readonly HistoryEvent[]> {
  return (await historyOf("a")).flatMap((event): HistoryEvent[] =>
    event.kind === "TaskScheduled" && event.name === "Pack"
      ? [
          { kind: "PatchMarked", ts: event.ts, patch: "weigh" },
          { ...event, name: "Weigh" },
        ]
      : [event],
  );
}

async function historyOf(id: string): Promise<readonly HistoryEvent[]> {
  const open = await openSqliteStore({ path: store, thread: "inline" });
  try {
    const { instances, history } = await open.dump();
    const no = instances.find(({ instanceId }) => instanceId === id)?.no;
    return parseHistory(history.filter((chunk) => chunk.no === no));
  } finally {
    await open.close();
  }
}

test("what perdure export writes, and a folder of exports: files of one, of several, and of lines; anything else is an error that names the file", async () => {
  for (const target of ["all.jsonl", "lines", "each/"]) {
    assert.equal((await runCommand(["export", target, "--store", `file:${store}`], { cwd: folder })).code, 0);
    assert.match((await check(recorded, "--from", target)).out, /^✔ 5 instances replayed/);
    assert.match((await check(recorded, "--from", target, "--status", "open", "--name", "flow")).out, /^✔ 3 instances replayed/);
  }
  const path = join(folder, "exports");
  mkdirSync(path);
  const [a, b, done] = await Promise.all(
    ["a", "b", "done"].map(async (instanceId) => ({ instanceId, history: await historyOf(instanceId) })),
  );
  writeFileSync(join(path, "1.json"), JSON.stringify(a, null, 2));
  writeFileSync(join(path, "2.json"), JSON.stringify([b, { instanceId: "new", history: [] }]));
  writeFileSync(join(path, "3.jsonl"), `${JSON.stringify(done)}\n\n`);
  assert.equal((await check(recorded, "--from", path)).out, "✔ 4 instances replayed: the code asks for what was recorded.\n");
  assert.match((await check(recorded, "--from", "exports", "--status", "completed")).out, /^✔ 1 instance replayed/);
  for (const [text, problem] of [
    ["{", /1\.json" cannot be read as exported histories: .*JSON/],
    ["{}", /1\.json" cannot be read as exported histories: an export has no instanceId/],
    ['{"instanceId":"x","history":[{"kind":7}]}', /the export of "x" has no history of events/],
  ] as const) {
    writeFileSync(join(path, "1.json"), text);
    const { code, err } = await check(recorded, "--from", path);
    assert.equal(code, 2);
    assert.match(err, problem);
  }
});

test("what could not be checked ends with 2", async () => {
  const older = join(folder, "older.db");
  copyFileSync(store, older);
  const file = new DatabaseSync(older);
  const version = Number(file.prepare("PRAGMA user_version").get()?.user_version);
  file.exec(`PRAGMA user_version = ${version - 1}`);
  file.close();
  const refused = await check(recorded, "--from", `file:${older}`);
  assert.deepEqual([refused.code, refused.out], [2, ""]);
  assert.match(refused.err, new RegExp(`has schema version ${version - 1}, this release has ${version}, and this command changes nothing`));
  const missing = await check(recorded, "--from", "file:nowhere.db");
  assert.deepEqual([missing.code, missing.out], [2, ""]);
  const noExport = await check(recorded, "--from", "nowhere.jsonl");
  assert.equal(noExport.code, 2);
  assert.match(noExport.err, /nowhere\.jsonl" cannot be read as exported histories: there is nothing\. .*\[EXPORT_INVALID\]/);
  const noApp = await check("nowhere.mjs", ...from());
  assert.equal(noApp.code, 2);
  assert.match(noApp.err, /Give the path of a folder or file with exported functions, such as \.\/my-app\. \[APP_NOT_FOUND\]/);
  assert.equal((await check(recorded)).code, 2);
  assert.equal((await check()).code, 2);
  assert.match((await check(recorded, ...from("--status", "opened"))).err, /expected open, all, or names/);
});
