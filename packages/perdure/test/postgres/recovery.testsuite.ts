import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ActivityFailedError, activity, orchestrator } from "perdure";
import { freshDatabase, withClient } from "../../src/testing/postgres/databases.ts";
import { openPostgresProxy } from "../../src/testing/postgres/proxy.ts";
import type { PostgresServer } from "../../src/testing/postgres/server.ts";
import type { Member } from "../testing/band.ts";
import { Band, LONG_LEASE, TAKEOVER_MS } from "../testing/band.ts";
import { Field } from "../testing/child.ts";
import { childApp } from "../testing/child-app.ts";
import { Holds } from "./holds.ts";
import { ownServer, sharedDatabase } from "./own-server.ts";

/** A second for the tick that looks whether a sweep is due, and one for a busy machine. */
const SWEEPS_OFTEN = { sweepEveryMs: 300 };
const SWEPT_MS = 300 + TAKEOVER_MS + 2_000;
const FOR_EVER_MS = 600_000;

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `i${n}`);

/** All of these run in one worker, which is alone. */
async function heldBy(band: Band, holds: Holds, who: string, ids: readonly string[], url = band.url): Promise<Member> {
  const member = await band.join(who, { functions: holds.functions(who), engine: SWEEPS_OFTEN, url });
  await Promise.all(ids.map((id) => band.client.startNew("holds", { instanceId: id })));
  await band.until(`${who} runs all`, () => holds.runningIn(who) === ids.length);
  return member;
}

/** Instances that wait in a worker's memory. */
function ownedOf({ url }: Band): Promise<number> {
  const query = "SELECT count(*)::int AS n FROM perdure.instances WHERE owner IS NOT NULL AND status = 'Running'";
  return withClient(url, async (client) => (await client.query<{ readonly n: number }>(query)).rows[0]?.n ?? 0);
}

interface Race {
  readonly owner: Member;
  readonly others: readonly Member[];
  readonly band: Band;
  readonly server: PostgresServer;
}

/** How its owner goes while others recover what it had, and when the database restarts. */
const GOINGS = {
  drains: async ({ owner, server }: Race) => {
    const drained = owner.drain();
    await sleep(20);
    await server.restart("immediate");
    await drained;
  },
  dies: async ({ owner, server, others, band }: Race) => {
    await owner.kill();
    await band.until("one of the others says that it is dead", () => others.some((other) => other.said("worker.dead")));
    await server.restart("immediate");
  },
};

/** The others must not be taken for dead themselves; but for this long they watch a worker before they say that it is. */
const LEASES = { drains: LONG_LEASE, dies: { leaseMs: 5_000 } };

export function raceCase(how: keyof typeof GOINGS): void {
  test(`case 13: two recover what an owner had that ${how} while the database restarts: one runner each, none stranded`, async () => {
    const server = await ownServer();
    await using database = await freshDatabase(server);
    await using band = await Band.open(database.url);
    const holds = new Holds();
    const ids = numbered(30);
    const owner = await heldBy(band, holds, "owner", ids);
    const others: Member[] = [];
    for (const who of ["one", "two"]) others.push(await band.join(who, { functions: holds.functions(who), engine: LEASES[how] }));
    band.members.splice(band.members.indexOf(owner), 1);
    holds.died("owner"); // its runs are told to give up, or are ghosts
    await GOINGS[how]({ owner, others, band, server });
    await band.until("another one runs some", () => holds.begunBy("one") + holds.begunBy("two") > 0);
    holds.open();
    for (const id of ids) {
      const { output } = await band.client.waitForCompletion(id, { timeout: "45s" });
      assert.ok(output === "one" || output === "two", `${id}: ${output}`);
      assert.equal(await band.completionsOf(id), 1);
    }
    assert.deepEqual(holds.overlaps, []);
    assert.equal(holds.begunBy("one") + holds.begunBy("two"), ids.length, "an activity ran twice though no other worker died");
    await band.finish();
  });
}

export function leavingCase(count: number): void {
  test(`case 17: many instances are handed back within a second of SIGTERM, with the default lease (${count} of them)`, async (t) => {
    await using database = await sharedDatabase();
    await using band = await Band.open(database.url);
    await using field = new Field(database.url);
    const host = field.host("leaving", { engine: { idleReleaseMs: 600_000 } });
    await host.ready();
    const ids = numbered(count);
    await Promise.all(ids.map((id) => band.client.startNew("waits", { instanceId: id })));
    await band.until("it owns all and all wait", async () => (await ownedOf(band)) === ids.length);
    const began = performance.now();
    host.terminate();
    await band.until("it has left", async () => (await band.store.readWorkers()).workers.length === 0);
    const taken = performance.now() - began;
    t.diagnostic(`left after ${Math.round(taken)} ms`);
    assert.ok(taken <= 1_000, `${taken} ms`);
    assert.equal(await ownedOf(band), 0);
    await host.exited();
    await band.join("here", { functions: childApp(field.folder, "here") });
    for (const id of ids.slice(0, 20)) await band.client.raiseEvent(id, "Go");
    for (const id of ids.slice(0, 20)) await band.expectEnd(id, "here");
    await band.finish();
  });
}

export function queueOfOneCase(): void {
  test("case 15: what is recovered on a queue of one place advances, and frees the place", async () => {
    await using database = await sharedDatabase();
    await using band = await Band.open(database.url);
    const seen = { begun: 0, running: 0, most: 0 };
    const app = (isStuck: boolean) => {
      const single = activity("single", { maxConcurrent: 1 }, async (n: number) => {
        seen.begun += 1;
        if (isStuck) await sleep(600_000, null, { ref: false });
        seen.running += 1;
        seen.most = Math.max(seen.most, seen.running);
        await sleep(5);
        seen.running -= 1;
        return n;
      });
      return [single, orchestrator("queues", (ctx, n: number) => ctx.callActivity(single, n))];
    };
    const stuck = await band.join("stuck", { functions: app(true), engine: { maxOwnedInstances: 5 } });
    for (const n of [0, 1, 2, 3]) await band.client.startNew("queues", { instanceId: `q${n}`, input: n });
    await band.until(
      "the first has begun, the others wait",
      async () => (await band.store.readOwned((await band.rowOf("stuck"))!.worker)).length === 4,
    );
    await band.until("the place is taken", () => seen.begun === 1);
    await stuck.kill();
    await band.join("next", { functions: app(false), engine: { maxOwnedInstances: 1 } });
    await band.client.startNew("queues", { instanceId: "q4", input: 4 });
    for (const n of [0, 1, 2, 3, 4]) await band.expectEnd(`q${n}`, n, "Completed", 2 * TAKEOVER_MS);
    assert.equal(seen.most, 1);
    assert.equal(seen.begun, 6);
    band.members.shift();
    await band.finish();
  });
}

export function lostRowCase(): void {
  test("case 17: a worker's row is lost: what it had moves with the next sweep, whether it lives or not", async () => {
    await using database = await sharedDatabase();
    await using band = await Band.open(database.url);
    const holds = new Holds();
    const ids = numbered(5);
    const loser = await heldBy(band, holds, "loser", ids);
    const lose = () => withClient(database.url, (client) => client.query("DELETE FROM perdure.workers WHERE host = 'loser'"));
    await lose();
    await band.until("it learns that it was declared dead", () => loser.said("worker.lost"), TAKEOVER_MS);
    await band.until("it runs them as a new worker", () => holds.begunBy("loser") > ids.length, SWEPT_MS);
    assert.deepEqual(holds.overlaps, []);

    await band.join("other", { functions: holds.functions("other"), engine: SWEEPS_OFTEN });
    await loser.kill();
    band.members.shift();
    holds.died("loser");
    await lose();
    await band.until("another one runs them", () => holds.begunBy("other") > 0, SWEPT_MS);
    holds.open();
    for (const id of ids) await band.expectEnd(id, "other");
    assert.deepEqual(holds.overlaps, []);
    await band.finish();
  });
}

export function deafOwnerCase(): void {
  test("case 17: an owner that lives and hears nothing of the database: others take over, and nothing of its own is recorded", async () => {
    await using database = await sharedDatabase();
    const proxy = await openPostgresProxy(database.url);
    try {
      await using band = await Band.open(database.url);
      const holds = new Holds();
      const ids = numbered(5);
      const deaf = await heldBy(band, holds, "deaf", ids, proxy.url(database.url));
      const before = await band.rowOf("deaf");
      await band.join("other", { functions: holds.functions("other") });
      proxy.delayMs = FOR_EVER_MS;
      await band.until("another one runs what it had", () => holds.begunBy("other") > 0, TAKEOVER_MS);
      holds.open(); // its own attempts end as well
      for (const id of ids) await band.expectEnd(id, "other");
      proxy.delayMs = 0;
      proxy.cut();
      await band.until("it learns that it is dead", () => deaf.said("worker.lost"));
      const after = await band.until("it joins as a new one", () => band.rowOf("deaf"));
      assert.notEqual(after.worker, before?.worker);
      for (const id of ids) assert.equal(await band.completionsOf(id), 1);
      await band.finish();
    } finally {
      await proxy.close();
    }
  });
}

export function hangingCase(): void {
  test("case 19: an activity that hangs without an error fails when its time is up, its worker lives and its place is free", async () => {
    await using database = await sharedDatabase();
    await using band = await Band.open(database.url);
    const signals: unknown[] = [];
    const hangs = activity("hangs", { maxConcurrent: 1, timeout: "300ms" }, async (_: null, { signal }) => {
      signal.addEventListener("abort", () => signals.push((signal.reason as Error).name));
      await new Promise(() => {}); // not even the signal ends it
    });
    const quick = activity("quick", { maxConcurrent: 1 }, async (n: number, ctx) => {
      ctx.heartbeat(n);
      return n;
    });
    const patient = orchestrator("patient", async (ctx, n: number) => {
      const failed = await ctx
        .callActivity(hangs, null)
        .catch((error: unknown) => error instanceof ActivityFailedError && error.failure.errorType);
      return { failed, n: await ctx.callActivity(quick, n) };
    });
    const worker = await band.join("worker", { functions: [hangs, quick, patient] });
    const before = await band.rowOf("worker");
    for (const n of [1, 2, 3]) await band.client.startNew("patient", { instanceId: `p${n}`, input: n });
    for (const n of [1, 2, 3]) await band.expectEnd(`p${n}`, { failed: "TimeoutError", n }, "Completed", 3 * 300 + 2_000);
    assert.deepEqual(signals, ["TimeoutError", "TimeoutError", "TimeoutError"]);
    assert.equal((await band.rowOf("worker"))?.worker, before?.worker);
    assert.ok(!worker.said("worker.lost"));
    await band.finish();
  });
}
