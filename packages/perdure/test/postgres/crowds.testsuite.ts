import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { DurableClient, RegisteredFunction } from "perdure";
import { activity, orchestrator, PerdureError, TaskHub } from "perdure";
import { freshDatabase, withClient } from "../../src/testing/postgres/databases.ts";
import type { Member } from "../testing/band.ts";
import { Band } from "../testing/band.ts";
import { isWorkOpen } from "../testing/open-work.ts";
import { newestServer, sharedDatabase } from "./own-server.ts";

const echo = activity("echo", (n: number) => n);
const short = activity("short", (n: number) => sleep(5, n));
const chain = orchestrator("chain", async (ctx, count: number) => {
  let sum = 0;
  for (let n = 0; n < count; n++) sum += await ctx.callActivity(short, n);
  await ctx.createTimer("20ms");
  return sum;
});
const one = orchestrator("one", (ctx, n: number) => ctx.callActivity(echo, n));
const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent<number>("Go"));
const functions: readonly RegisteredFunction[] = [echo, short, chain, one, waits];

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

export interface ScaleOptions {
  readonly workers: number;
  readonly times: number;
  /** How long all of them stay. */
  readonly stayMs: number;
  /** Instances that are started each 50 ms. */
  readonly starts: number;
  /** Of the slowest instance, from its start to its end. */
  readonly limitMs: number;
}

/** Under load all workers but one come and go, again and again: no instance has to wait for long. */
export async function scaleUpAndDown(t: TestContext, { workers, times, stayMs, starts, limitMs }: ScaleOptions): Promise<void> {
  await using database = await sharedDatabase();
  await using band = await Band.open(database.url);
  await band.join("stays", { functions });
  let isOver = false;
  let count = 0;
  const load = async () => {
    for (; !isOver; await sleep(50)) {
      await Promise.all(range(starts).map((n) => band.client.startNew("chain", { instanceId: `c${count + n}`, input: 4 })));
      count += starts;
    }
  };
  const loading = load();
  for (let time = 0; time < times; time++) {
    const guests = await Promise.all(range(workers - 1).map((n) => band.join(`guest-${time}-${n}`, { functions })));
    await sleep(stayMs);
    await Promise.all(guests.map((guest) => leave(band, guest)));
    await sleep(stayMs / 2);
  }
  isOver = true;
  await loading;
  for (const n of range(count)) await band.expectEnd(`c${n}`, 6);
  const { instances } = await band.store.dump();
  assert.equal(instances.length, count);
  const taken = instances.map(({ createdAt, completedAt }) => (completedAt ?? Number.POSITIVE_INFINITY) - createdAt).sort((a, b) => a - b);
  const slowest = taken.at(-1) ?? 0;
  t.diagnostic(`${count} instances, ms: median ${taken[taken.length >> 1]}, slowest ${slowest}`);
  assert.ok(slowest <= limitMs, `the slowest took ${slowest} ms`);
  await band.finish();
}

async function leave(band: Band, member: Member): Promise<void> {
  await member.drain();
  band.members.splice(band.members.indexOf(member), 1);
}

/** Starts so many, all at once, by way of several processes' clients. */
async function burst(clients: readonly DurableClient[], prefix: string, count: number): Promise<readonly string[]> {
  const ids = range(count).map((n) => `${prefix}${n}`);
  await Promise.all(ids.map((instanceId, n) => clients[n % clients.length]?.startNew("one", { instanceId, input: n })));
  return ids;
}

const deadlocksIn = (server: { readonly url: string }, name: string) =>
  withClient(server.url, async (client) => {
    const { rows } = await client.query<{ readonly n: number }>("SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = $1", [
      name,
    ]);
    return rows[0]?.n;
  });

/** How many instances. */
export interface CrowdSizes {
  readonly burst: number;
  /** Of each round, once without and up to three times with a transaction that is held open. */
  readonly held: number;
}

export function crowdCases(sizes: CrowdSizes): void {
  test(`case 21: a burst of ${sizes.burst} small ones from several clients does not wedge the queue`, async (t) => {
    await using database = await sharedDatabase();
    await using band = await Band.open(database.url);
    const hubs = await Promise.all(range(3).map(() => TaskHub.open(database.url)));
    try {
      for (const who of ["first", "second"]) await band.join(who, { functions });
      const began = performance.now();
      const ids = await burst(
        hubs.map((hub) => hub.client),
        "b",
        sizes.burst,
      );
      await band.client.startNew("one", { instanceId: "late", input: 7 });
      await band.expectEnd("late", 7, "Completed", 10_000);
      const seconds = (performance.now() - began) / 1_000;
      await band.until("all have ended", async () => !(await isWorkOpen(band.store)));
      const { instances } = await band.store.dump();
      assert.equal(instances.length, ids.length + 1);
      assert.ok(instances.every(({ status }) => status === "Completed"));
      t.diagnostic(`${ids.length} and one more in ${seconds.toFixed(1)} s`);
      await band.finish();
    } finally {
      for (const hub of hubs) await hub.close();
    }
  });

  test("case 30: beside a transaction that is held open throughput stays, and the listener never pins old rows", async (t) => {
    await using database = await sharedDatabase();
    await using band = await Band.open(database.url);
    await band.join("worker", { functions });
    /** Orchestrations a second. */
    const rate = async (prefix: string) => {
      const began = performance.now();
      const ids = await burst([band.client], prefix, sizes.held);
      for (const id of ids) await band.client.waitForCompletion(id, { timeout: "45s" });
      return (1_000 * ids.length) / (performance.now() - began);
    };
    await rate("warm-up-");
    const before = await rate("before-");
    await withClient(database.url, async (holder) => {
      await holder.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      const { rows } = await holder.query<{ readonly xmin: string }>("SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin");
      const held = Math.max(await rate("held-1-"), await rate("held-2-"), await rate("held-3-"));
      t.diagnostic(`${Math.round(before)}/s, beside a transaction since ${rows[0]?.xmin} ${Math.round(held)}/s`);
      assert.ok(held >= 0.5 * before, `${held} instead of ${before}`);
      await withClient(database.url, async (client) => {
        const { rows: listeners } = await client.query<{ readonly state: string; readonly xmin: string | null }>(
          "SELECT state, backend_xmin::text AS xmin FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'perdure listen'",
        );
        assert.ok(listeners.length > 0);
        for (const listener of listeners) assert.deepEqual(listener, { state: "idle", xmin: null });
      });
    });
    await band.finish();
  });
}

/** How many at once, and how often each. */
export interface Starters {
  readonly lanes: number;
  readonly rounds: number;
}

export function startersCase({ lanes, rounds }: Starters): void {
  test(`case 32: starters and completers at once, ${lanes} of them: no deadlock, and a start that comes second leaves nothing`, async () => {
    const server = await newestServer();
    await using database = await freshDatabase(server);
    const hubs: TaskHub[] = [];
    try {
      await using band = await Band.open(database.url);
      for (const who of ["first", "second"]) await band.join(who, { functions });
      for (const _ of range(3)) hubs.push(await TaskHub.open(database.url));
      const outcomes = { started: 0, refused: 0 };
      const lane = async (number: number) => {
        const client = hubs[number % hubs.length]?.client ?? band.client;
        for (const round of range(rounds)) {
          const instanceId = `w${(number + 7 * round) % (lanes / 4)}-${round}`; // four lanes have the same one
          await client.startNew("waits", { instanceId }).then(
            () => outcomes.started++,
            (error: unknown) => {
              assert.ok(error instanceof PerdureError && error.code === "INSTANCE_EXISTS", String(error));
              outcomes.refused++;
            },
          );
          const tooLate = (error: unknown) => assert.ok(error instanceof PerdureError && error.code === "INSTANCE_DONE", String(error));
          await client.raiseEvent(instanceId, "Go", number).catch(tooLate);
          await client.waitForCompletion(instanceId, { timeout: "45s" });
        }
      };
      await Promise.all(range(lanes).map(lane));
      const least = (rounds * lanes) / 4;
      assert.ok(outcomes.started >= least && outcomes.started + outcomes.refused === rounds * lanes, JSON.stringify(outcomes));
      await duplicatesInTransactions(database.url, band);
      await band.finish();
    } finally {
      for (const hub of hubs) await hub.close();
    }
    assert.equal(await deadlocksIn(server, database.name), 0);
  });
}

/** Each of these callers writes a row of its own and starts the same instance, in one transaction. */
async function duplicatesInTransactions(url: string, band: Band): Promise<void> {
  await withClient(url, (client) => client.query("CREATE TABLE orders (caller int)"));
  const caller = (number: number) =>
    withClient(url, async (transaction) => {
      await transaction.query("BEGIN");
      await transaction.query("INSERT INTO orders VALUES ($1)", [number]);
      try {
        await band.client.startNew("waits", { instanceId: "order", transaction });
        await transaction.query("COMMIT");
        return number;
      } catch (error) {
        await transaction.query("ROLLBACK");
        assert.ok(error instanceof PerdureError && error.code === "INSTANCE_EXISTS", String(error));
        return null;
      }
    });
  const winners = (await Promise.all(range(10).map(caller))).filter((number) => number !== null);
  assert.equal(winners.length, 1);
  const { rows } = await withClient(url, (client) => client.query<{ readonly caller: number }>("SELECT caller FROM orders"));
  assert.deepEqual(rows, [{ caller: winners[0] }]);
  await band.client.raiseEvent("order", "Go", 1);
  await band.expectEnd("order", 1);
}
