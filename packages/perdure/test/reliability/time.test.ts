import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEntry } from "perdure";
import { orchestrator, TaskHub } from "perdure";
import type { WorkerSettings } from "../../src/engine/options.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { openSqliteStore } from "../../src/stores/sqlite/sqlite-store.ts";
import { openStand, STORES } from "../testing/stand.ts";

const DAY_MS = 86_400_000;
const waits = orchestrator("waits", async (ctx, ms: number) => {
  await ctx.createTimer({ milliseconds: ms });
  return ms;
});

describe("far timers", { concurrency: true }, () => {
  for (const store of inTurn("time of reliability", STORES)) {
    test(`case 24: timers of 30 and 800 days and until the year 9999 sleep in the store and fire when it says so (${store})`, async () => {
      await using stand = await openStand({ store, functions: [waits], engine: { idleReleaseMs: 50 }, passesTime: true });
      const end = Date.UTC(9999, 11, 31) - stand.now;
      for (const [name, ms] of [
        ["month", 30 * DAY_MS],
        ["years", 800 * DAY_MS],
        ["end", end],
      ] as const)
        await stand.client.startNew(waits, { instanceId: name, input: ms });
      const asleep = async (id: string) =>
        (await stand.store.dump()).instances.some((row) => row.instanceId === id && row.owner === null && row.wakeAt !== null);
      for (const name of ["month", "years", "end"]) await stand.until(`${name} has left memory`, () => asleep(name));
      stand.passTime(29 * DAY_MS);
      await sleep(250);
      assert.ok(await asleep("month"), "woke early");
      stand.passTime(DAY_MS);
      await stand.expectEnd("month", "Completed", 30 * DAY_MS);
      assert.ok(await asleep("years"));
      stand.passTime(770 * DAY_MS);
      await stand.expectEnd("years", "Completed", 800 * DAY_MS);
      stand.passTime(end);
      await stand.expectEnd("end", "Completed", end);
      for (const id of ["month", "years", "end"]) {
        for (const event of await stand.history(id)) if (event.kind === "TimerFired") assert.ok(event.ts >= event.fireAt, "fired early");
      }
    });
  }
});

test("case 22: clocks five minutes apart and stepping back: no timer before the store's time, no live worker is taken for dead", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-clocks-"));
  const engine: Partial<WorkerSettings> = { leaseMs: 500, renewEveryMs: 100, pollEveryMs: 50, idleReleaseMs: 100 };
  const log: LogEntry[] = [];
  const skews = [0, 300_000, -300_000];
  const hubs: TaskHub[] = [];
  for (const at of skews.keys()) {
    const store = await openSqliteStore({ path: join(folder, "hub.db"), thread: "inline", now: () => Date.now() + (skews[at] ?? 0) });
    const hub = await TaskHub.open("memory:", {
      store,
      functions: [waits],
      engine,
      log: { enabled: () => true, write: (entry) => log.push(entry) },
    });
    hubs.push(hub);
    await hub.start();
  }
  const run = async (at: number, n: number) => {
    const hub = hubs[at];
    assert.ok(hub !== undefined);
    const began = performance.now();
    const handle = await hub.client.startNew(waits, { instanceId: `t${at}-${n}`, input: 300 });
    assert.equal(await handle.result({ timeout: "10s" }), 300);
    const { history = [] } = (await hub.client.getStatus(`t${at}-${n}`, { showHistory: true })) ?? {};
    for (const event of history) if (event.kind === "TimerFired") assert.ok(event.ts >= event.fireAt, "fired before the store's time");
    assert.deepEqual(
      history.map(({ ts }) => ts),
      history.map(({ ts }) => ts).toSorted((a, b) => a - b),
    );
    return performance.now() - began;
  };
  try {
    const first = await Promise.all([run(0, 1), run(1, 1), run(2, 1)]);
    skews[1] = -600_000; // the one that was ahead steps back
    const second = await Promise.all([run(0, 2), run(1, 2), run(2, 2)]);
    for (const took of [...first, ...second]) assert.ok(took >= 290, `a timer of 300 ms fired after ${took} ms`);
    assert.deepEqual(
      log.filter(({ event }) => event === "worker.dead" || event === "worker.lost").map(({ message }) => message),
      [],
    );
  } finally {
    for (const hub of hubs) await hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
