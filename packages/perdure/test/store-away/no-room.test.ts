import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEntry } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { until } from "../../src/process/testing/until.ts";
import type { Store } from "../../src/store/contract.ts";
import { StoreRefusalError } from "../../src/store/errors.ts";
import { openSqliteStore } from "../../src/stores/sqlite/sqlite-store.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { openStand, STORES } from "../testing/stand.ts";

const LARGE = 400_000;

/** Functions that count how often their activities ran. */
function app() {
  const runs = { large: 0, slow: 0, small: 0 };
  const text = () => randomBytes(LARGE / 2).toString("hex");
  const large = activity("large", () => {
    runs.large += 1;
    return text();
  });
  const slow = activity("slow", async () => {
    runs.slow += 1;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return text();
  });
  const small = activity("small", (n: number) => {
    runs.small += 1;
    return n;
  });
  const bulky = orchestrator("bulky", async (ctx) => ((await ctx.callActivity(large)) as string).length);
  const bulkyAndSlow = orchestrator("bulkyAndSlow", async (ctx) => ((await ctx.callActivity(slow)) as string).length);
  const fanned = orchestrator("fanned", async (ctx) => {
    const results = await Promise.all([ctx.callActivity(small, 1), ctx.callActivity(large), ctx.callActivity(small, 2)]);
    return String(results[1]).length;
  });
  const chain = orchestrator("chain", async (ctx) => {
    let sum = 0;
    for (const n of [1, 2, 3, 4]) sum += (await ctx.callActivity(small, n)) as number;
    return sum;
  });
  return { runs, functions: [large, slow, small, bulky, bulkyAndSlow, fanned, chain], bulky, bulkyAndSlow, fanned, chain };
}

const words = (log: readonly LogEntry[], event: string) => log.filter((entry) => entry.event === event);

describe("a store without room for large commits", { concurrency: true }, () => {
  for (const store of inTurn("no-room", STORES)) {
    test(`small work continues, what does not fit waits and is not run again, and completes when there is room (${store})`, async () => {
      let room = 100_000;
      const around = (under: Store): Store => ({
        ...under,
        commit: (batch) =>
          JSON.stringify(batch).length > room
            ? Promise.reject(new StoreRefusalError({ kind: "busy", detail: "the disk is full", lessMayFit: true }))
            : under.commit(batch),
      });
      const { runs, functions, bulky, bulkyAndSlow, fanned, chain } = app();
      await using stand = await openStand({ store, functions, wrap: around, engine: { longActivityMs: 100 } });
      await stand.client.startNew(bulky, { instanceId: "bulky" });
      await stand.client.startNew(bulkyAndSlow, { instanceId: "slow" });
      await stand.client.startNew(fanned, { instanceId: "fanned" });
      await stand.until("the first is put aside", async () => words(stand.log, "instance.waits-for-room").length > 0);
      for (let n = 0; n < 10; n++) await stand.client.startNew(chain, { instanceId: `c${n}` });
      for (let n = 0; n < 10; n++) await stand.expectEnd(`c${n}`, "Completed", 10);
      await stand.until("all have run", async () => runs.slow === 1 && words(stand.log, "instance.waits-for-room").length > 1);
      for (const id of ["bulky", "slow", "fanned"]) {
        const row = await stand.store.getInstance(id as never);
        assert.deepEqual([row?.status, row?.stopped], ["Running", null], id);
      }
      room = Number.POSITIVE_INFINITY;
      for (const id of ["bulky", "slow", "fanned"]) await stand.expectEnd(id, "Completed", LARGE);
      assert.deepEqual(runs, { large: 2, slow: 1, small: 42 });
      assert.deepEqual(words(stand.log, "instance.stopped"), []);
    });
  }
});

test("a SQLite file that may not grow: the same as it reports itself, and a start that does not fit harms no other", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-full-"));
  const log: LogEntry[] = [];
  let pages = 1_000_000;
  const store = await openSqliteStore({ path: join(folder, "hub.db"), thread: "inline", maxPages: () => pages });
  const { runs, functions, bulky, chain } = app();
  const hub = await TaskHub.open("memory:", { store, functions, log: { enabled: () => true, write: (entry) => log.push(entry) } });
  t.after(() => hub.close());
  await hub.start();
  await (await hub.client.startNew(chain, { instanceId: "before" })).result();
  pages = 60;
  const waits = await hub.client.startNew(bulky, { instanceId: "bulky" });
  await until("it is put aside", () => words(log, "instance.waits-for-room").length > 0, 15_000);
  const tooLarge = hub.client.startNew(chain, { instanceId: "large", input: randomBytes(LARGE).toString("hex") as never });
  tooLarge.catch(() => {});
  for (let n = 0; n < 5; n++)
    assert.equal(await (await hub.client.startNew(chain, { instanceId: `c${n}` })).result({ timeout: "15s" }), 10);
  pages = 1_000_000;
  assert.equal(await waits.result({ timeout: "40s" }), LARGE);
  assert.equal(runs.large, 1);
  assert.deepEqual(words(log, "instance.stopped"), []);
  await tooLarge;
  await hub.close();
  const again = await openSqliteStore({ path: join(folder, "hub.db"), thread: "inline" });
  assert.deepEqual(checkDump(await again.dump(), { atRest: false }), []);
  await again.close();
  rmSync(folder, { recursive: true, force: true });
});

test("no room for anything: the process says that it is not ready, the log is not flooded, and all continues by itself", async () => {
  let isFull = false;
  const full = () => Promise.reject(new StoreRefusalError({ kind: "busy", detail: "the disk is full", lessMayFit: true }));
  const around = (under: Store): Store => ({ ...under, commit: (batch) => (isFull ? full() : under.commit(batch)) });
  const { functions, chain } = app();
  await using stand = await openStand({ store: "memory", functions, wrap: around });
  const [hub] = stand.hubs;
  assert.equal(await hub?.readiness(), "ready");
  await stand.client.startNew(chain, { instanceId: "i" });
  isFull = true;
  await stand.until("it is not ready", async () => (await hub?.readiness()) === "storeUnavailable");
  await sleep(2_000);
  assert.ok(words(stand.log, "commit.refused").length <= 6, `${words(stand.log, "commit.refused").length} lines`);
  isFull = false;
  await stand.expectEnd("i", "Completed", 10);
  assert.equal(await hub?.readiness(), "ready");
});
