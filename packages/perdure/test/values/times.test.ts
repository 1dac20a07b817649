import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Duration, OrchestrationContext, PerdureError } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";
import { createTestHub } from "perdure/testing";
import { makeEarlierFile } from "../stores/sqlite/earlier-file.testsuite.ts";
import { KINDS, openHub } from "./stores.ts";

const LAST = "9999-12-31T23:59:59.999Z";
const quick = activity("Quick", async (n: number) => n + 1);
const flaky = activity("Flaky", async (): Promise<number> => {
  throw new Error("not yet");
});
const empty = orchestrator("Empty", async () => "started");

/** Waits that have no end, by each way to say so. */
const FOREVER: readonly Duration[] = [
  { milliseconds: Number.MAX_SAFE_INTEGER },
  { milliseconds: Number.MAX_VALUE },
  { days: Number.POSITIVE_INFINITY },
  "99999999999d",
  { days: 3_000_000 },
];

type Wait = (ctx: OrchestrationContext, forever: Duration) => unknown;
const WAITS: { readonly [name: string]: Wait } = {
  "a timer": (ctx, forever) => ctx.createTimer(forever),
  "a timer until the last Date": (ctx) => ctx.createTimer(new Date(8.64e15)),
  "a wait with a timeout": (ctx, forever) => ctx.waitForExternalEvent("never", { timeout: forever, default: "late" }),
  "the pause of a retry": (ctx, forever) =>
    ctx.callActivity(flaky, undefined, { retry: { maxAttempts: 2, firstInterval: forever, maxInterval: forever } }),
  "a child that starts later": (ctx) => {
    ctx.startOrchestration(empty, undefined, { instanceId: `${ctx.instanceId}-child`, startAt: new Date(8.64e15) });
    return ctx.waitForExternalEvent("never");
  },
};
const waiting = Object.entries(WAITS).map(([name, wait]) =>
  orchestrator(name, async (ctx, which: number) => {
    const ended = await ctx.any([wait(ctx, FOREVER[which] ?? "25d") as ReturnType<typeof ctx.createTimer>, ctx.waitForExternalEvent("go")]);
    return ended.index === 1 ? "went" : "ended too early";
  }),
);
const timed = orchestrator("Timed", (ctx) => ctx.callActivity(quick, 1, { timeout: "30d" }));
const functions = [quick, flaky, empty, timed, ...waiting];

for (const kind of KINDS) {
  describe(`times that never come (${kind})`, () => {
    let hub: TaskHub;
    before(async () => {
      hub = await openHub(kind, { functions, retention: { days: Number.MAX_VALUE } });
      await hub.start();
    });
    after(() => hub.close());

    test("waits without an end wait, in every list and status, and leave their neighbours alone", async () => {
      const { client } = hub;
      const starts = waiting.flatMap((ref) => FOREVER.map((_, which) => client.startNew(ref, { input: which })));
      const runs = await Promise.all(starts);
      for (const run of runs) await client.waitForStart(run.instanceId);
      const later = await client.startNew(empty, { startAt: new Date(8.64e15) });
      const never = await client.startNew(empty, { startAt: { milliseconds: Number.MAX_VALUE } });
      assert.equal(await (await client.startNew(timed)).result({ timeout: { milliseconds: Number.MAX_VALUE } }), 2);
      let listed = 0;
      for await (const one of client.query()) listed += one.runtimeStatus === "Failed" ? 0 : 1;
      assert.ok(listed >= runs.length + 3, String(listed));
      for (const run of runs) {
        const { runtimeStatus, history } = await run.status({ showHistory: true });
        assert.equal(runtimeStatus, "Running");
        for (const event of history ?? []) if (event.kind === "TimerCreated") assert.equal(new Date(event.fireAt).toISOString(), LAST);
        await run.raiseEvent("go");
      }
      for (const run of runs) assert.equal(await run.result({ timeout: "20s" }), "went");
      for (const run of [later, never]) assert.equal((await run.status()).runtimeStatus, "Pending");
    });

    test("a far timeout is not a short one", async () => {
      const run = await hub.client.startNew("a timer", { input: FOREVER.length });
      const far = run.result({ timeout: "25d" });
      const short = await run.result({ timeout: "20ms" }).catch((error: PerdureError) => error.code);
      assert.equal(short, "RESULT_TIMEOUT");
      await run.raiseEvent("go");
      assert.equal(await far, "went");
    });
  });
}

test("in the test kit, whose replays compare times, they wait as well", async () => {
  await using hub = await createTestHub({ functions });
  const starts = waiting.flatMap((ref) => FOREVER.map((_, which) => hub.client.startNew(ref, { input: which })));
  const runs = await Promise.all(starts);
  await hub.advance("1000d");
  for (const run of runs) {
    assert.equal((await run.status()).runtimeStatus, "Running");
    await run.raiseEvent("go");
    assert.equal(await hub.result(run), "went");
  }
  await hub.verify();
});

test("a SQLite file in which an early release stored times beyond all integers can be read, and its instances continue", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-far-"));
  try {
    const url = `file:${join(folder, "hub.db")}`;
    makeEarlierFile(
      join(folder, "hub.db"),
      6,
      `INSERT INTO instances (no, instance_id, name, name_key, execution_id, generation, version, wake_at, next_wake, start_at, crashes, status, side,
        created_at, updated_at)
      VALUES (1, 'far', 'Empty', 'empty', 'run', 0, 0, 9008990000000000000, 9008990000000000000, 9008990000000000000, 0, 'Pending', 0, 5, 6)`,
    );
    await using hub = await TaskHub.open(url, { log: false, functions });
    await hub.start();
    assert.equal((await hub.client.getStatus("far"))?.runtimeStatus, "Pending");
    assert.equal(await (await hub.client.startNew(timed)).result({ timeout: "10s" }), 2);
    await hub.client.terminate("far");
    assert.equal((await hub.client.waitForCompletion("far", { timeout: "10s" })).runtimeStatus, "Terminated");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Values that are not a duration at any door, and what the error says of them. */
const BAD: readonly (readonly [unknown, RegExp])[] = [
  [{ minutes: undefined }, /its "minutes" is undefined/],
  [{ hours: 1, minutes: undefined }, /its "minutes" is undefined/],
  [{ minute: 5 }, /"minute" is not one of days/],
  [{}, /the object is empty/],
  [{ seconds: Number.NaN }, /"seconds" is not a number/],
  [{ seconds: "5" }, /"seconds" is not a number/],
  [{ seconds: -1 }, /"seconds" is negative/],
  [20, /no unit/],
  ["20 s", /expected a/],
  [null, /neither/],
  [new Date(Number.NaN), /an invalid Date/],
];

type Bad = never;
const anOrchestrator = orchestrator("Any", async () => 1);
const DOORS: { readonly [door: string]: (bad: Bad) => unknown } = {
  "activity timeout": (timeout) => activity("x", { timeout }, async () => 1),
  "retry firstInterval": (firstInterval) => activity("x", { retry: { maxAttempts: 2, firstInterval } }, async () => 1),
  "retry maxInterval": (maxInterval) => activity("x", { retry: { maxAttempts: 2, firstInterval: "1s", maxInterval } }, async () => 1),
  "retry timeout": (timeout) => orchestrator("x", { retry: { maxAttempts: 2, firstInterval: "1s", timeout } }, async () => 1),
  retention: (retention) => TaskHub.open("memory:", { retention }),
  functionNotFoundAfter: (functionNotFoundAfter) => TaskHub.open("memory:", { functionNotFoundAfter }),
  drainTimeout: (drainTimeout) => TaskHub.open("memory:", { drainTimeout }),
  acceptTimeout: (acceptTimeout) => TaskHub.open("memory:", { acceptTimeout }),
  storeTimeout: (storeTimeout) => TaskHub.open("memory:", { storeTimeout }),
  "startNew startAt": (startAt) => withHub(({ client }) => client.startNew(anOrchestrator, { startAt })),
  "result timeout": (timeout) => withHub(async ({ client }) => client.handle(anOrchestrator, "i").result({ timeout })),
  waitForStart: (timeout) => withHub(({ client }) => client.waitForStart("i", { timeout })),
  waitForCompletion: (timeout) => withHub(({ client }) => client.waitForCompletion("i", { timeout })),
  "HTTP wait timeout": (timeout) =>
    withHub(({ client }) => client.waitForCompletionOrCreateCheckStatusResponse(new Request("http://h/"), "i", { timeout })),
  "HTTP wait interval": (retryInterval) =>
    withHub(({ client }) => client.waitForCompletionOrCreateCheckStatusResponse(new Request("http://h/"), "i", { retryInterval })),
  "test hub advance": async (bad) => {
    await using hub = await createTestHub({ functions: [] });
    await hub.advance(bad);
  },
  "test hub result": async (within) => {
    await using hub = await createTestHub({ functions: [anOrchestrator] });
    await hub.result(await hub.client.startNew(anOrchestrator), { within });
  },
  createTimer: inOrchestrator((ctx, bad) => ctx.createTimer(bad)),
  "callActivity timeout": inOrchestrator((ctx, timeout) => ctx.callActivity("x", 1, { timeout })),
  "callActivity retry": inOrchestrator((ctx, firstInterval) => ctx.callActivity("x", 1, { retry: { maxAttempts: 2, firstInterval } })),
  "callSubOrchestrator retry": inOrchestrator((ctx, timeout) =>
    ctx.callSubOrchestrator("x", 1, { retry: { maxAttempts: 2, firstInterval: "1s", timeout } }),
  ),
  "startOrchestration startAt": inOrchestrator((ctx, startAt) => ctx.startOrchestration("x", 1, { startAt })),
  "waitForExternalEvent timeout": inOrchestrator((ctx, timeout) => ctx.waitForExternalEvent("x", { timeout })),
};

async function withHub(use: (hub: TaskHub) => Promise<unknown>): Promise<void> {
  await using hub = await TaskHub.open("memory:", { log: false });
  await use(hub);
}

function inOrchestrator(call: (ctx: OrchestrationContext, bad: Bad) => unknown): (bad: Bad) => Promise<void> {
  return async (bad) => {
    const asked = orchestrator("Asked", async (ctx) => {
      await call(ctx, bad);
    });
    await using hub = await createTestHub({ functions: [asked] });
    try {
      await hub.result(await hub.client.startNew(asked));
    } catch (error) {
      const { failure } = error as { failure?: { properties?: { code?: unknown } } };
      throw Object.assign(error as Error, { code: failure?.properties?.code });
    }
  };
}

for (const [door, call] of Object.entries(DOORS)) {
  test(`no duration, refused in words: ${door}`, async () => {
    for (const [bad, says] of BAD) {
      await assert.rejects(
        async () => call(bad as never),
        (error: PerdureError) => {
          assert.equal(error.code, "OPTION_INVALID", `${String(error.message)}`);
          assert.match(error.message, says);
          return true;
        },
      );
    }
  });
}
