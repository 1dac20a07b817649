import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { Hono } from "hono";
import type { PerdureError } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";
import { createTestHub } from "perdure/testing";
import { KINDS, openHub } from "./stores.ts";

const waits = orchestrator("Waits", (ctx) => ctx.waitForExternalEvent<string>("go"));
const greet = activity("Greet", async (name: string) => `Hello ${name}`);
const greets = orchestrator("Greets", (ctx, name: string) => ctx.callActivity(greet, name));
const foreign = orchestrator("Foreign", async () => {
  await new Promise(() => {});
});
const functions = [waits, greet, greets, foreign];

const codeOf = (call: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(call)
    .then(
      () => "resolved",
      (error: PerdureError) => error.code ?? error.message,
    );

for (const kind of KINDS) {
  describe(kind, () => {
    test("after close() every call, and every wait that was open, ends with HUB_CLOSED", async () => {
      const hub = await openHub(kind, { functions });
      await hub.start();
      const { client } = hub;
      const run = await client.startNew(waits, { instanceId: "open" });
      const open = [
        () => run.result(),
        () => run.result({ timeout: "1h" }),
        () => client.waitForCompletion("open"),
        () => client.handle(waits, "open").result(),
      ].map(codeOf);
      await hub.close();
      assert.deepEqual(await Promise.all(open), Array(open.length).fill("HUB_CLOSED"));
      const calls = [
        () => client.startNew(waits),
        () => client.getStatus("open"),
        () => client.getStatus("open", { showHistory: true }),
        () => client.query()[Symbol.asyncIterator]().next(),
        () => client.raiseEvent("open", "go"),
        () => client.suspend("open"),
        () => client.resume("open"),
        () => client.terminate("open"),
        () => client.purge("open"),
        () => client.purgeBy({ runtimeStatus: ["Failed"] }),
        () => client.waitForStart("open"),
        () => client.waitForCompletion("open"),
        () => run.result(),
        () => run.status(),
        () => hub.start(),
        () => hub.hubClient.knownFunctions(),
      ].map(codeOf);
      assert.deepEqual(await Promise.all(calls), Array(calls.length).fill("HUB_CLOSED"));
    });

    test("a call that is under way when the hub closes ends one way or the other", async () => {
      const hub = await openHub(kind, { functions });
      await hub.start();
      const calls = Array.from({ length: 20 }, () => codeOf(() => hub.client.startNew(waits)));
      await hub.close();
      for (const code of await Promise.all(calls)) assert.ok(code === "resolved" || code === "HUB_CLOSED", String(code));
    });

    test("an aborted signal ends a wait with its own reason, also when it was aborted before", async () => {
      await using hub = await openHub(kind, { functions });
      await hub.start();
      const { client } = hub;
      const run = await client.startNew(waits);
      const reason = new Error("the user left");
      const rejected = (call: Promise<unknown>) => assert.rejects(call, (error) => error === reason);
      const before = AbortSignal.abort(reason);
      await rejected(run.result({ signal: before }));
      await rejected(client.waitForCompletion(run.instanceId, { signal: before }));
      await rejected(client.waitForStart("nobody", { signal: before }));
      const control = new AbortController();
      const { signal } = control;
      const open = [run.result({ signal }), client.waitForCompletion(run.instanceId, { signal, timeout: "1h" })];
      setTimeout(() => control.abort(reason), 30);
      await Promise.all(open.map(rejected));
    });

    test("a stopped instance says so, and why: status, result() and RESULT_TIMEOUT", async () => {
      await using hub = await openHub(kind, { functions });
      await hub.start();
      const run = await hub.client.startNew(foreign);
      await assert.rejects(run.result({ timeout: "20s" }), (error: PerdureError) => {
        assert.equal(error.code, "INSTANCE_STOPPED");
        assert.match(error.message, /It is stopped \(STUCK\): .*is waiting for.*is resumed/);
        return true;
      });
      assert.equal((await run.status()).stopped?.code, "STUCK");
      await assert.rejects(hub.client.waitForCompletion(run.instanceId, { timeout: "50ms" }), {
        code: "RESULT_TIMEOUT",
        message: /within 50 ms\. It is stopped \(STUCK\)/,
      });
    });

    test("a start of a function that only this worker could have, and lacks, is refused", async () => {
      await using hub = await openHub(kind, { functions: [waits] });
      const early = await hub.client.startNew("Later"); // a client without a worker cannot know
      await hub.start();
      const error = await hub.client.startNew("Elsewhere", { instanceId: "x" }).catch((refused: PerdureError) => refused);
      assert.ok(error instanceof Error);
      assert.equal((error as PerdureError).code, "FUNCTION_UNKNOWN");
      assert.match(error.message, /"Elsewhere".*"Waits".*functionNotFoundAfter/);
      assert.equal(await hub.client.getStatus("x"), null);
      assert.equal(
        (await hub.client.startNew("Later", { instanceId: early.instanceId, onExisting: "attach" })).instanceId,
        early.instanceId,
      );
      assert.equal((await hub.client.startNew("wAITS")).instanceId.length > 0, true);
    });

    test("RESULT_TIMEOUT says what the instance waits for", async () => {
      await using hub = await openHub(kind, { functions: [waits], functionNotFoundAfter: "1h" });
      const timeout = async (id: string) => hub.client.waitForCompletion(id, { timeout: "30ms" });
      const [mine, others] = [await hub.client.startNew(waits), await hub.client.startNew("Others")];
      await assert.rejects(timeout(mine.instanceId), {
        code: "RESULT_TIMEOUT",
        message: /no worker runs in this task hub: call hub\.start\(\)/,
      });
      await hub.start();
      await hub.client.waitForStart(mine.instanceId);
      await assert.rejects(timeout(mine.instanceId), { code: "RESULT_TIMEOUT", message: /It continues/ });
      await assert.rejects(timeout(others.instanceId), { code: "RESULT_TIMEOUT", message: /no live worker has its function/ });
      await mine.suspend();
      await assert.rejects(timeout(mine.instanceId), { code: "RESULT_TIMEOUT", message: /It is suspended/ });
    });

    test("onExisting: each says what it does with a live and with a finished instance", async () => {
      await using hub = await openHub(kind, { functions });
      await hub.start();
      const { client } = hub;
      const start = (onExisting: "error" | "reject" | "replace" | "attach", instanceId: string) =>
        client.startNew(greets, { input: "again", instanceId, onExisting });
      for (const onExisting of ["error", "reject", "replace", "attach"] as const) {
        const live = `live ${onExisting}`;
        const done = `done ${onExisting}`;
        await client.startNew(waits, { instanceId: live });
        assert.equal(await (await client.startNew(greets, { input: "first", instanceId: done, onExisting })).result(), "Hello first");
        const codes = [await codeOf(() => start(onExisting, live)), await codeOf(() => start(onExisting, done))];
        const refusesDone = onExisting === "reject";
        const refusesLive = refusesDone || onExisting === "error";
        assert.deepEqual(codes, [refusesLive ? "INSTANCE_EXISTS" : "resolved", refusesDone ? "INSTANCE_EXISTS" : "resolved"], onExisting);
        const expected = onExisting === "error" || onExisting === "replace" ? "Hello again" : "Hello first";
        assert.equal(await client.handle(greets, done).result({ timeout: "10s" }), expected, onExisting);
        if (onExisting === "replace") assert.equal(await client.handle(greets, live).result({ timeout: "10s" }), "Hello again");
        else assert.equal((await client.getStatus(live))?.runtimeStatus, "Running", onExisting);
      }
      const race = await Promise.all(Array.from({ length: 5 }, () => codeOf(() => start("reject", "race"))));
      assert.deepEqual(race.sort(), [...Array(4).fill("INSTANCE_EXISTS"), "resolved"]);
    });
  });
}

test("where calls may wait for a worker that brings the function, a start may too", async () => {
  await using hub = await openHub("memory", { functions: [waits], functionNotFoundAfter: "30s" });
  await hub.start();
  assert.equal((await (await hub.client.startNew("Elsewhere")).status()).runtimeStatus, "Pending");
});

test("beside another worker a start of a function that no worker has waits for one that brings it", async () => {
  const { mkdtempSync, rmSync } = await import("node:fs");
  const folder = mkdtempSync("/tmp/perdure-beside-");
  try {
    const url = `file:${folder}/hub.db`;
    await using one = await TaskHub.open(url, { functions: [waits], log: false });
    await using other = await TaskHub.open(url, { functions: [waits, greet], log: false });
    await one.start();
    assert.equal(await codeOf(() => one.client.startNew(greets, { input: "x" })), "FUNCTION_UNKNOWN");
    await other.start();
    assert.equal(await codeOf(() => one.client.startNew(greets, { input: "x" })), "resolved");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the test kit: result() moves its clock until the end, within a limit, and ends with a stopped instance; the handle's own does not", async () => {
  const sleeps = orchestrator("Sleeps", async (ctx) => {
    await ctx.createTimer("90d");
    return new Date().toISOString();
  });
  await using hub = await createTestHub({ functions: [...functions, sleeps] });
  const first = await hub.client.startNew(sleeps);
  assert.equal(await hub.result(first), "2026-04-01T00:00:00.000Z");
  assert.equal(hub.now.toISOString(), "2026-04-01T00:00:00.000Z");
  const second = await hub.client.startNew(sleeps);
  await assert.rejects(hub.result(second, { within: "1d" }), { code: "RESULT_TIMEOUT" });
  assert.equal(hub.now.toISOString(), "2026-04-02T00:00:00.000Z");
  const own = second.result();
  await hub.flush();
  assert.equal(hub.now.toISOString(), "2026-04-02T00:00:00.000Z");
  await hub.advance("89d");
  assert.equal(await own, "2026-06-30T00:00:00.000Z");
  await assert.rejects(hub.result(await hub.client.startNew(foreign)), { code: "INSTANCE_STOPPED" });
  assert.equal(hub.now.toISOString(), "2026-06-30T00:00:00.000Z");
  assert.equal(await codeOf(() => hub.client.startNew("Nobody")), "FUNCTION_UNKNOWN");
});

test("the test kit: after its end every call ends with HUB_CLOSED", async () => {
  const hub = await createTestHub({ functions });
  const run = await hub.client.startNew(waits);
  const open = codeOf(() => run.result());
  await hub[Symbol.asyncDispose]();
  assert.equal(await open, "HUB_CLOSED");
  assert.equal(await codeOf(() => run.status()), "HUB_CLOSED");
});

test("an activity hears why its result is no longer wanted", async () => {
  const heard: string[] = [];
  const slow = activity("Slow", async (_: string, { signal }) => {
    await once(signal, "abort");
    heard.push((signal.reason as Error).message);
    throw signal.reason;
  });
  const race = orchestrator("Race", async (ctx, end: string) => {
    const left = ctx.callActivity(slow, end);
    await ctx.any([left, ctx.waitForExternalEvent("go")]);
    if (end === "fails") throw new Error("enough");
    return end;
  });
  await using hub = await openHub("memory", { functions: [slow, race] });
  await hub.start();
  for (const [end, says] of [
    ["completes", /orchestration has completed/],
    ["fails", /orchestration has failed/],
    ["terminated", /orchestration was terminated/],
  ] as const) {
    const run = await hub.client.startNew(race, { input: end });
    await hub.client.waitForStart(run.instanceId);
    await (end === "terminated" ? run.terminate() : run.raiseEvent("go"));
    await hub.client.waitForCompletion(run.instanceId);
    for (const until = Date.now() + 5_000; heard.length === 0 && Date.now() < until; )
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.match(heard.splice(0).join(), says);
  }
});

test("errors carry their HTTP status under the names that servers look for", async () => {
  await using hub = await openHub("memory", { functions });
  const error = await hub.client
    .handle(waits, "nobody")
    .status()
    .catch((thrown: PerdureError) => thrown);
  assert.ok(error instanceof Error);
  const { status, statusCode, httpStatus } = error as PerdureError;
  assert.deepEqual([status, statusCode, httpStatus], [404, 404, 404]);
  const answer = (error as PerdureError).getResponse();
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /no orchestration instance "nobody"/);
  assert.deepEqual(Object.keys(error).sort(), ["code", "httpStatus", "kind", "name"]);
  const app = new Hono().get("/", () => {
    throw error;
  });
  assert.equal((await app.request("/")).status, 404);
});
