import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { LogEntry, TaskHubOptions } from "perdure";
import { activity, OrchestrationFailedError, orchestrator, TaskHub } from "perdure";

const text = activity("Text", (length: number) => "x".repeat(length));
const many = orchestrator("Many", async (ctx, { count, length }: { count: number; length: number }) => {
  for (let n = 0; n < count; n++) await ctx.callActivity(text, length);
  return "done";
});
const rounds = orchestrator("Rounds", async (ctx, left: number) => {
  for (let n = 0; n < 5; n++) await ctx.callActivity(text, 1);
  return left === 0 ? "done" : ctx.continueAsNew(left - 1);
});
const waits = orchestrator("Waits", async (ctx) => {
  for (let n = 0; n < 5; n++) await ctx.callActivity(text, 1);
  await ctx.waitForExternalEvent("Go");
  return "done";
});

const boom = activity("Boom", () => {
  throw new Error("x".repeat(3_000));
});
const fails = orchestrator("Fails", async (ctx, count: number) => {
  for (let n = 0; n < count; n++) await ctx.callActivity(boom).catch(() => null);
  return "done";
});
/** Events of "Waits" when it waits: its start, five activities of four events each, and the end of its first and its last episode. */
const AT_REST = 23;

async function historyOf(hub: TaskHub, id: string): Promise<number> {
  return (await hub.client.getStatus(id, { showHistory: true }))?.history?.length ?? 0;
}

async function open(
  options: TaskHubOptions,
  store = "memory:",
): Promise<{ readonly hub: TaskHub; readonly long: () => readonly LogEntry[] }> {
  const lines: LogEntry[] = [];
  const log = { enabled: () => true, write: (entry: LogEntry) => lines.push(entry) };
  const hub = await TaskHub.open(store, { functions: [many, rounds, waits, fails, text, boom], log, ...options });
  await hub.start();
  return { hub, long: () => lines.filter(({ event }) => event === "history.long") };
}

for (const keepCursors of [true, false]) {
  const cache = keepCursors ? "with live cursors" : "replayed each time";

  test(`a history that grows long is told once, and nothing else happens (${cache})`, async () => {
    const { hub, long } = await open({ engine: { keepCursors, historyWarningEvents: 20, historyWarningBytes: 5_000 } });
    await using _ = hub;
    const byEvents = await hub.client.startNew(many, { instanceId: "by-events", input: { count: 8, length: 1 } });
    assert.equal(await byEvents.result(), "done");
    const byBytes = await hub.client.startNew(many, { instanceId: "by-bytes", input: { count: 2, length: 6_000 } });
    assert.equal(await byBytes.result(), "done");
    const short = await hub.client.startNew(many, { instanceId: "short", input: { count: 2, length: 1 } });
    assert.equal(await short.result(), "done");
    assert.deepEqual(
      long().map(({ level, fields }) => [level, fields.instanceId]),
      [
        ["warn", "by-events"],
        ["warn", "by-bytes"],
      ],
    );
    assert.match(long()[0]?.message ?? "", /"Many" \(by-events\) has 2\d events and about \d+ bytes.*continueAsNew/);
  });

  test(`an execution that has reached the limit fails, and one that continues as new in time does not (${cache})`, async () => {
    const { hub } = await open({ maxHistoryEvents: 25, engine: { keepCursors } });
    await using _ = hub;
    const tooLong = await hub.client.startNew(many, { instanceId: "too-long", input: { count: 100, length: 1 } });
    await assert.rejects(tooLong.result(), (error: unknown) => {
      assert.ok(error instanceof OrchestrationFailedError);
      assert.equal(error.failure.errorType, "HistoryLimitError");
      assert.match(error.message, /"Many" \(too-long\) has 2\d events.*allows 25 events\. .*maxHistoryEvents/);
      return true;
    });
    const status = await hub.client.getStatus("too-long", { showHistory: true });
    assert.equal(status?.runtimeStatus, "Failed");
    assert.ok((status?.history?.length ?? 0) < 35);
    const renewed = await hub.client.startNew(rounds, { input: 5 });
    assert.equal(await renewed.result(), "done");
  });

  test(`the limit by bytes counts failures, names and tags too (${cache})`, async () => {
    const { hub } = await open({ maxHistoryBytes: 20_000, engine: { keepCursors } });
    await using _ = hub;
    const large = await hub.client.startNew(many, { input: { count: 100, length: 3_000 } });
    await assert.rejects(large.result(), /and about 2\d{4} bytes, and this worker allows 20000 bytes\./);
    const failing = await hub.client.startNew(fails, { input: 100 });
    await assert.rejects(failing.result(), /and about 2\d{4} bytes, and this worker allows 20000 bytes\./);
  });

  test(`at the limit a terminate is taken, and an event fails the instance; a hub with a higher limit continues it (${cache})`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "perdure-limits-"));
    const store = `file:${join(folder, "hub.db")}`;
    const engine = { keepCursors };
    try {
      await using free = (await open({ engine }, store)).hub;
      for (const instanceId of ["ended", "failed", "continued"]) {
        await free.client.startNew(waits, { instanceId });
        while ((await historyOf(free, instanceId)) < AT_REST) await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await free.close();
      {
        await using strict = (await open({ maxHistoryEvents: AT_REST, engine }, store)).hub;
        await strict.client.terminate("ended", { reason: "enough" });
        const ended = await strict.client.waitForCompletion("ended");
        assert.deepEqual([ended.runtimeStatus, ended.output], ["Terminated", "enough"]);
        await strict.client.raiseEvent("failed", "Go");
        const failed = await strict.client.waitForCompletion("failed");
        assert.equal(failed.runtimeStatus, "Failed");
        assert.match(String(failed.output), /"Waits" \(failed\) has 2\d events .*allows 23 events\./);
        assert.equal((await strict.client.getStatus("continued"))?.runtimeStatus, "Running");
      }
      await using wider = (await open({ maxHistoryEvents: 1_000, engine }, store)).hub;
      await wider.client.raiseEvent("continued", "Go");
      assert.equal((await wider.client.waitForCompletion("continued")).output, "done");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
