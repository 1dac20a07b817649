import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import timers, { setTimeout as sleep } from "node:timers/promises";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { EpisodeDriver, failureIn, outputOf } from "../../src/executors/testing/episode-driver.testsuite.ts";
import type { OrchestrationContext, OrchestratorContext } from "../../src/functions/context-types.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { HistoryEvent } from "../../src/model/history.ts";
import { eventId } from "../../src/model/ids.ts";
import { outsideOrchestration } from "../../src/process/code-scope.ts";
import type { FunctionLogEntry } from "../../src/replay/functions/function-log.ts";
import { installDeterministicGlobals } from "../../src/replay/globals/deterministic-globals.ts";

let uninstall = (): void => {};
before(() => {
  uninstall = installDeterministicGlobals();
});
after(() => uninstall());

type Body = (ctx: OrchestratorContext<void>) => unknown;

/** A driver for one orchestrator called "Probe", and the lines that it logs. */
function probe(body: Body): { readonly driver: EpisodeDriver; readonly log: FunctionLogEntry[]; readonly functions: FunctionRegistry } {
  const log: FunctionLogEntry[] = [];
  const functions = new FunctionRegistry([orchestrator("Probe", async (ctx): Promise<unknown> => body(ctx))]);
  const executor = createNativeExecutor({ functions, log: (entry) => log.push(entry) });
  return { driver: new EpisodeDriver(executor, { name: "Probe" }), log, functions };
}

const never = new Promise<void>(() => {});
async function readsAFile(): Promise<string> {
  return await readFile(new URL(import.meta.url), "utf8"); // line: read
}

/** `file:line` of the line that carries the marker. */
async function lineOf(marker: string): Promise<string> {
  const { pathname } = new URL(import.meta.url);
  const lines = (await readFile(pathname, "utf8")).split("\n");
  return `${pathname}:${lines.findIndex((line) => line.endsWith(`// line: ${marker}`)) + 1}`;
}

const STUCK_CASES: readonly {
  readonly name: string;
  readonly body: Body;
  readonly awaitedAt: string;
  readonly created: RegExp | string;
}[] = [
  {
    name: "a promise that never settles",
    body: async () => {
      await new Promise(() => {}); // line: direct
    },
    awaitedAt: "direct",
    created: "direct",
  },
  { name: "a file read in a helper", body: () => readsAFile(), awaitedAt: "read", created: "read" },
  {
    name: "a foreign promise in Promise.all beside a finished task",
    body: async (ctx) => {
      await ctx.callActivity("First");
      await Promise.all([ctx.callActivity("Second"), crypto.subtle.digest("SHA-256", new Uint8Array(8))]); // line: all
    },
    awaitedAt: "all",
    created: "all",
  },
  {
    name: "a foreign promise in an item of ctx.map",
    body: async (ctx) => {
      await ctx.map([1, 2], async () => {
        await crypto.subtle.digest("SHA-256", new Uint8Array(8)); // line: item
      });
    },
    awaitedAt: "item",
    created: "item",
  },
  {
    name: "a foreign promise that ctx.map is given",
    body: async (ctx) => {
      const given = [1, 2].map(() => new Promise(() => {})); // line: given
      await ctx.map(given, (promise) => promise); // line: mapped
    },
    awaitedAt: "mapped",
    created: "given",
  },
  {
    name: "a shared promise of the module",
    body: async () => {
      await never; // line: shared
    },
    awaitedAt: "shared",
    created: /It was created at a place outside this orchestrator\./,
  },
  {
    name: "a chain on a foreign promise",
    body: async () => {
      const made = new Promise<number>(() => {}); // line: made
      await made.then((value) => value + 1); // line: chained
    },
    awaitedAt: "chained",
    created: "made",
  },
];

for (const { name, body, awaitedAt, created } of STUCK_CASES) {
  test(`stuck, with the author's line: ${name}`, async () => {
    const { driver } = probe(body);
    let { result } = await driver.tryEpisode();
    for (let id = 0; result.kind === "ran"; id++) ({ result } = await driver.completed(id, "done").tryEpisode());
    assert.ok(result.kind === "stopped");
    assert.equal(result.code, "STUCK");
    const { message } = result;
    assert.ok(message.startsWith('Orchestrator "Probe" (instance-1) is waiting for a promise that is not a durable task, at '), message);
    assert.ok(
      message.includes(`, at ${await lineOf(awaitedAt)}. After a restart nothing would resolve it. Call an activity for I/O`),
      message,
    );
    if (typeof created === "string") assert.ok(message.endsWith(`It was created at ${await lineOf(created)}.`), message);
    else assert.match(message, created);
  });
}

test("stuck on a live cursor: the history is asked for, and the episode stopped even if the promise has settled meanwhile", async () => {
  let settle = (): void => {};
  const shared = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const { driver } = probe(async (ctx) => {
    await ctx.callActivity("First");
    await shared;
  });
  await driver.start();
  driver.completed(0);
  setImmediate(settle);
  const message = await driver.stops("STUCK");
  assert.match(message, /not a durable task/);
  assert.equal(driver.episodes, 1);
});

test("stuck on a cancelled timer says so", async () => {
  const { driver } = probe(async (ctx) => {
    const timer = ctx.createTimer("1h");
    timer.cancel();
    await timer;
  });
  assert.match(await driver.stops("STUCK"), /is waiting for timer 0, which was cancelled\./);
});

test("a fixed deploy continues from a stuck instance", async () => {
  const { driver } = probe(async (ctx) => {
    await ctx.callActivity("First");
    await never;
  });
  await driver.start();
  await driver.completed(0).stops("STUCK");
  const fixed = new FunctionRegistry([orchestrator("Probe", async (ctx) => [await ctx.callActivity("First"), "fixed"])]);
  const [, request] = driver.requests;
  assert.ok(request);
  const result = await createNativeExecutor({ functions: fixed }).runEpisode({ ...request, history: driver.history });
  assert.ok(result.kind === "ran");
  assert.deepEqual(outputOf(result.outcome), [null, "fixed"]);
});

test("late: the context used after a foreign await, beside an open timer", async () => {
  const { driver, log } = probe(async (ctx) => {
    const timer = ctx.createTimer("1h");
    await Promise.race([timer, outsideOrchestration(() => sleep(1))]);
    await ctx.callActivity("Ship");
  });
  await driver.start();
  await sleep(10);
  const message = await driver.fired(0).stops("LATE_USE");
  assert.match(
    message,
    /The context of "Probe" \(instance-1\) was used \(callActivity "Ship"\) outside its episode\. An await on something other/,
  );
  assert.deepEqual(
    log.map((entry) => entry.event),
    ["orchestrator.late"],
  );
});

test("late: the function ends after a foreign await", async () => {
  const { driver } = probe(async (ctx) => {
    void ctx.createTimer("1h");
    await outsideOrchestration(() => sleep(1));
    return "done";
  });
  await driver.start();
  await sleep(10);
  assert.match(await driver.fired(0).stops("LATE_END"), /ended outside its episode/);
});

test("late: the context kept by other code", async () => {
  let kept: OrchestrationContext | undefined;
  const { driver } = probe(async (ctx) => {
    kept = ctx;
    await ctx.callActivity("First");
  });
  await driver.start();
  assert.throws(() => kept?.newGuid(), { code: "LATE_USE" });
  await driver.completed(0).stops("LATE_USE");
});

const GUARDED: { readonly [name: string]: () => unknown } = {
  setTimeout: () => setTimeout(() => {}, 1),
  setInterval: () => setInterval(() => {}, 1),
  setImmediate: () => setImmediate(() => {}),
  "timers/promises setTimeout": () => timers.setTimeout(1),
  "scheduler.wait": () => timers.scheduler.wait(1),
  fetch: () => fetch("http://127.0.0.1:1"),
  "AbortSignal.timeout": () => AbortSignal.timeout(1),
  WebSocket: () => new WebSocket("ws://127.0.0.1:1"),
};

for (const [name, effect] of Object.entries(GUARDED)) {
  test(`guard: ${name} names itself, the alternative and the author's line`, async () => {
    const { driver } = probe(async () => {
      await effect();
    });
    const message = await driver.stops("GUARDED_CALL");
    assert.ok(
      message.startsWith(`"Probe" (instance-1): ${name} cannot be used in an orchestrator: it would not be repeated in replay.`),
      message,
    );
    assert.match(
      message,
      /(ctx\.createTimer|Call an activity).*wrap it: outsideOrchestration\(\(\) => …\)\. At .*diagnosis\.test\.ts:\d+:\d+\.$/,
    );
  });
}

test("guard: caught by the author it is the author's error; wrapped it runs for real", async () => {
  const { driver } = probe(async () => {
    try {
      setTimeout(() => {}, 1);
    } catch (error) {
      const real = outsideOrchestration(() => [typeof setTimeout(() => {}, 1), Date.now() > Date.UTC(2026, 0, 1)]);
      return [error instanceof Error, real];
    }
    return "not guarded";
  });
  assert.deepEqual(outputOf((await driver.start()).outcome), [true, ["object", true]]);
});

/** Replays a recorded history with other code. */
async function replayWith(history: readonly HistoryEvent[], body: Body, version?: string): Promise<string> {
  const functions = new FunctionRegistry([orchestrator("Probe", async (ctx): Promise<unknown> => body(ctx))]);
  const recorded = history.map((event) => (event.kind === "ExecutionStarted" && version !== undefined ? { ...event, version } : event));
  const { driver } = probe(body);
  await driver.tryEpisode();
  const [request] = driver.requests;
  assert.ok(request);
  const episode = history.filter((event) => event.kind === "OrchestratorStarted").length;
  const result = await createNativeExecutor({ functions }).runEpisode({
    ...request,
    episode,
    history: recorded,
    fresh: [{ kind: "OrchestratorStarted", ts: history.at(-1)?.ts ?? 0 }],
  });
  assert.ok(result.kind === "stopped", JSON.stringify(result));
  assert.equal(result.code, "NON_DETERMINISM");
  return result.message;
}

const HERE = /\S+diagnosis\.test\.ts:\d+/;

test("divergence: each kind names position, what was expected and what was asked for", async () => {
  const { driver } = probe(async (ctx) => {
    await ctx.callActivity("First");
    const timer = ctx.createTimer("1h");
    await ctx.any([timer, ctx.waitForExternalEvent("Go")]);
    timer.cancel();
    ctx.raiseEvent("other", "Done");
    await ctx.callSubOrchestrator("Child", 1, { instanceId: "child-1" });
  });
  await driver.start();
  await driver.completed(0).episode();
  await driver.raised("go").episode();
  const { history } = driver;

  const first = await replayWith(history, async (ctx) => ctx.callActivity("Second"), "1.2");
  assert.equal(
    first.replace(HERE, "FILE"),
    '"Probe" (instance-1) asked for activity "Second" as action 0 at FILE, where its history has activity "First" as action 0 (event 3). ' +
      "Recorded at 2026-01-02T03:04:05.678Z by version 1.2. Likely: the code changed while the instance ran (deploy it under a new version, or bring the old code back), " +
      "or it branched on something outside its history (env, random, clock, global, iteration order). The instance is stopped, nothing was written.",
  );
  const kind = await replayWith(history, async (ctx) => ctx.createTimer("1s"));
  assert.match(
    kind,
    /asked for timer as action 0 at \S+diagnosis\.test\.ts:\d+, where its history has activity "First" as action 0 \(event 3\).*by no version/,
  );
  const nothing = await replayWith(history, async (ctx) => ctx.waitForExternalEvent("x"));
  assert.match(nothing, /asked for nothing there, where its history has activity "First" as action 0/);
  const more = await replayWith(history, async (ctx) => ctx.all([ctx.callActivity("First"), ctx.callActivity("Extra")]));
  assert.match(
    more,
    /asked for activity "Extra" as action 1 at \S+diagnosis\.test\.ts:\d+, where its history has nothing more in that episode \(event 4\)/,
  );
  const ended = await replayWith(history, async (ctx) => void ctx.callActivity("First"));
  assert.match(ended, /asked for its end after \S+diagnosis\.test\.ts:\d+, where its history has more events \(event 6\)/);
  const fails = async () => {
    throw new Error("boom\nand more");
  };
  assert.match(
    await replayWith(history, fails),
    /asked for nothing there, since it failed: boom at \S+diagnosis\.test\.ts:\d+, where its history has activity "First" as action 0/,
  );
  const late = await replayWith(history, async (ctx) => {
    void ctx.callActivity("First");
    await fails();
  });
  assert.match(
    late,
    /asked for its end, since it failed: boom at \S+diagnosis\.test\.ts:\d+, where its history has more events \(event 6\)/,
  );
  const noCancel = await replayWith(history, async (ctx) => {
    await ctx.callActivity("First");
    await ctx.any([ctx.createTimer("1h"), ctx.waitForExternalEvent("Go")]);
    ctx.raiseEvent("other", "Done");
    await ctx.callActivity("x");
  });
  assert.match(
    noCancel,
    /asked for event "Done" to other as action 2 at \S+diagnosis\.test\.ts:\d+, where its history has cancel of timer 1 \(event 11\)/,
  );
  const otherChild = await replayWith(history, async (ctx) => {
    await ctx.callActivity("First");
    const timer = ctx.createTimer("1h");
    await ctx.any([timer, ctx.waitForExternalEvent("Go")]);
    timer.cancel();
    ctx.raiseEvent("other", "Done");
    await ctx.callSubOrchestrator("Child", 1, { instanceId: "child-2" });
  });
  assert.match(
    otherChild,
    /asked for sub-orchestration "Child" \(child-2\) as action 3 at \S+diagnosis\.test\.ts:\d+, where its history has sub-orchestration "Child" \(child-1\) as action 3/,
  );
});

test("names compare without case, inputs and due times are not compared", async () => {
  const { driver } = probe(async (ctx) => ctx.all([ctx.callActivity("First", 1), ctx.createTimer("1h")]));
  await driver.start();
  const functions = new FunctionRegistry([
    orchestrator("Probe", async (ctx) => ctx.all([ctx.callActivity("FIRST", 2), ctx.createTimer("2h")])),
  ]);
  const [request] = driver.requests;
  assert.ok(request);
  const fresh: HistoryEvent[] = [
    { kind: "TaskCompleted", ts: 0, taskId: eventId(0), result: null },
    { kind: "OrchestratorStarted", ts: 0 },
  ];
  const result = await createNativeExecutor({ functions }).runEpisode({ ...request, episode: 1, history: driver.history, fresh });
  assert.equal(result.kind, "ran");
});

test("a failed task that is not awaited is silent, and a late await still throws", async () => {
  const { driver, log } = probe(async (ctx) => {
    const lost = ctx.callActivity("Lost");
    await ctx.callActivity("Other");
    return await lost.catch((error: unknown) => String(error));
  });
  await driver.start();
  await driver.failed(0, { errorType: "Error", message: "early" }).episode();
  await sleep(1);
  assert.deepEqual(log, []);
  assert.match(String(outputOf((await driver.completed(1).episode()).outcome)), /Activity "Lost" failed: early/);
});

test("an exception in queueMicrotask fails the orchestration, not the process", async () => {
  const { driver } = probe(async (ctx) => {
    queueMicrotask(() => {
      throw new TypeError("in a microtask");
    });
    await ctx.callActivity("First");
  });
  const found = failureIn((await driver.start()).outcome);
  assert.deepEqual([found.errorType, found.message], ["TypeError", "in a microtask"]);
});
