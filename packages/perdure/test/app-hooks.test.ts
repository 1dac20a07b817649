import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEntry, RegisteredFunction } from "perdure";
import { activity, onStart, onStop, orchestrator, orchestratorRef, TaskHub } from "perdure";
import { createTestHub } from "perdure/testing";

/** What an app did, in order. */
class Trace {
  readonly lines: string[] = [];
  readonly say = (line: string) => void this.lines.push(line);
  readonly entries: LogEntry[] = [];
  readonly log = { enabled: () => true, write: (entry: LogEntry) => void this.entries.push(entry) };
}

function app({ say }: Trace): RegisteredFunction[] {
  const work = activity("Work", (what: string) => say(`work ${what}`));
  const main = orchestrator("Main", async (ctx) => await ctx.callActivity(work, "now"));
  return [
    onStart(async ({ runsWorker, taskHub }) => {
      await sleep(20);
      say(`start 1 ${taskHub} ${runsWorker}`);
    }),
    onStart(() => say("start 2")),
    onStop(async ({ log }) => {
      log.info("stopping");
      await sleep(20);
      say("stop 1");
    }),
    onStop(() => say("stop 2")),
    work,
    main,
  ];
}

test("start hooks run before any work, in order; stop hooks after all of it, in the opposite order; on memory and on a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-hooks-"));
  try {
    for (const store of ["memory:", `file:${folder}/hub.db`]) {
      const trace = new Trace();
      const hub = await TaskHub.open(store, { functions: app(trace), name: "Hooked", log: trace.log });
      const run = await hub.client.startNew(orchestratorRef("Main"));
      await hub.start();
      await run.result({ timeout: "20s" });
      await hub.close();
      await hub.close();
      assert.deepEqual(trace.lines, ["start 1 Hooked true", "start 2", "work now", "stop 2", "stop 1"]);
      const said = trace.entries.filter(({ event }) => event === "function.log");
      assert.deepEqual(
        said.map(({ message, fields }) => [message, fields.hook]),
        [["stopping", "onStop"]],
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a pure client runs none of them; a process of client functions alone runs both", async () => {
  const trace = new Trace();
  const client = await TaskHub.open("memory:", { functions: app(trace) });
  await client.close();
  assert.deepEqual(trace.lines, []);
  const served = await TaskHub.open("memory:", { functions: app(trace), log: false });
  await served.startHooks();
  await served.close();
  assert.deepEqual(trace.lines, ["start 1 PerdureHub false", "start 2", "stop 2", "stop 1"]);
});

test("a start hook that throws ends the start in words; stop hooks run at the close all the same", async () => {
  for (const [thrown, words] of [
    [new Error("no database"), /onStart failed: no database\. Nothing was started/],
    ["a plain string", /onStart failed: a plain string/],
    [undefined, /onStart failed: undefined/],
  ] as const) {
    const trace = new Trace();
    const broken = onStart(() => {
      throw thrown;
    });
    const hub = await TaskHub.open("memory:", { functions: [broken, ...app(trace)] });
    await assert.rejects(hub.start(), { code: "START_HOOK_FAILED", message: words, cause: thrown });
    await assert.rejects(hub.start(), { code: "START_HOOK_FAILED" });
    await hub.close();
    assert.deepEqual(trace.lines, ["stop 2", "stop 1"]);
  }
});

test("a stop hook that throws is logged and hinders no other; one that does not end is left behind, and hears of it", async () => {
  const trace = new Trace();
  const fails = onStop(() => {
    throw new Error("flush failed");
  });
  const hangs = onStop(
    ({ signal }) =>
      new Promise(() => {
        signal.addEventListener("abort", () => trace.say("given up"));
      }),
  );
  const first = await TaskHub.open("memory:", { functions: [...app(trace), fails], log: trace.log });
  await first.start();
  await first.close();
  assert.deepEqual(trace.lines.slice(2), ["stop 2", "stop 1"]);
  assert.equal(trace.entries.find(({ event }) => event === "hook.stop-failed")?.level, "error");

  const second = await TaskHub.open("memory:", { functions: [hangs], log: trace.log, drainTimeout: "0s" });
  await second.start();
  const began = performance.now();
  await second.close();
  assert.ok(performance.now() - began < 4_500);
  assert.equal(trace.lines.at(-1), "given up");
  assert.equal(trace.entries.at(-1)?.event, "hook.stop-late");
});

test("a hub that is closed while a start hook waits does not start a worker, and the hook hears of it", async () => {
  const trace = new Trace();
  const waits = onStart(
    ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          trace.say("told");
          resolve();
        });
      }),
  );
  const hub = await TaskHub.open("memory:", { functions: [waits] });
  const starting = hub.start();
  const closing = hub.close();
  await assert.rejects(starting, { code: "HUB_CLOSED" });
  await closing;
  assert.deepEqual(trace.lines, ["told"]);
});

test("the test kit runs them", async () => {
  const trace = new Trace();
  const hub = await createTestHub({ functions: app(trace) });
  const run = await hub.client.startNew(orchestratorRef("Main"));
  await hub.result(run);
  await hub[Symbol.asyncDispose]();
  assert.deepEqual(trace.lines, ["start 1 TestHub true", "start 2", "work now", "stop 2", "stop 1"]);
  const broken = onStart(() => Promise.reject(new Error("no database")));
  await assert.rejects(createTestHub({ functions: [broken] }), { code: "START_HOOK_FAILED" });
});

test("what is not a function is refused where it is written", () => {
  assert.throws(() => onStart("connect" as never), { code: "CALL_INVALID", message: /onStart/ });
  assert.throws(() => onStop(undefined as never), { code: "CALL_INVALID", message: /onStop/ });
});

const order = orchestrator("Order", async (_ctx, id: string) => `order ${id}`);
const spawn = activity("Spawn", async (id: string, { client }) => {
  const run = await client.startNew(order, { input: id, instanceId: `order-${id}`, onExisting: "attach" });
  const result: string = await run.result({ timeout: "20s" });
  return result;
});
const wake = activity("Wake", async (id: string, { client }) => await client.raiseEvent(id, "Go", 7));
const waits = orchestrator("Waits", async (ctx) => await ctx.waitForExternalEvent<number>("Go"));
const main = orchestrator("Main", async (ctx) => {
  const text = await ctx.callActivity(spawn, "7");
  await ctx.callActivity(wake, "waiting");
  return text;
});

test("an activity starts other orchestrations and speaks to them by its client, in a hub and in the test kit", async () => {
  const functions = [order, spawn, wake, waits, main];
  await using hub = await TaskHub.open("memory:", { functions });
  await hub.start();
  const waiting = await hub.client.startNew(waits, { instanceId: "waiting" });
  assert.equal(await (await hub.client.startNew(main)).result({ timeout: "20s" }), "order 7");
  assert.equal(await waiting.result({ timeout: "20s" }), 7);

  await using kit = await createTestHub({ functions });
  const there = await kit.client.startNew(waits, { instanceId: "waiting" });
  assert.equal(await kit.result(await kit.client.startNew(main)), "order 7");
  assert.equal(await kit.result(there), 7);
});
