import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { LogEntry, RegisteredFunction, ScheduleStatus } from "perdure";
import { orchestrator, schedule, TaskHub, timer } from "perdure";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { until } from "../../src/process/testing/until.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { describeViolation } from "../../src/testing/invariants/invariant.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import type { Ground } from "../testing/ground.ts";
import type { StoreKind } from "../testing/grounds.ts";
import { openGround, STORES } from "../testing/grounds.ts";

const HOUR_MS = 3_600_000;
/** Time jumps by hours: no lease ends by that. */
const ENGINE = {
  leaseMs: 1_000 * HOUR_MS,
  renewEveryMs: 500,
  idleReleaseMs: 300,
  pollEveryMs: 50,
  sweepEveryMs: 1_000,
  functionNotFoundAfterMs: 300,
};

/** Hubs on one store whose time the test moves, from a full hour on. */
class Apps {
  readonly #ground: Ground;
  readonly #clock: { ahead: number };
  readonly #open = new Set<TaskHub>();
  readonly log: LogEntry[] = [];

  constructor(ground: Ground, clock: { ahead: number }) {
    this.#ground = ground;
    this.#clock = clock;
  }

  get store() {
    return this.#ground.store;
  }

  get now(): number {
    return Date.now() + this.#clock.ahead;
  }

  /** However long the test has taken so far: what is due then is not late. */
  passTo(time: number): void {
    this.pass(time - this.now);
  }

  pass(ms: number): void {
    this.#clock.ahead += ms;
  }

  async start(functions: readonly RegisteredFunction[], engine: object = {}): Promise<TaskHub> {
    const store = { ...interceptStore(await this.#ground.connect(), (_, call) => call()), close: () => Promise.resolve() };
    const log = { enabled: () => true, write: (entry: LogEntry) => this.log.push(entry) };
    const hub = await TaskHub.open("memory:", { functions, store, engine: { ...ENGINE, ...engine }, log, drainTimeout: "1s" });
    this.#open.add(hub);
    await hub.start();
    return hub;
  }

  async stop(...hubs: readonly TaskHub[]): Promise<void> {
    for (const hub of hubs) {
      this.#open.delete(hub);
      await hub.close();
    }
  }

  async close(): Promise<void> {
    await this.stop(...this.#open);
    await this.#ground.close();
  }
}

/** `waitsForStop`: also until a worker has stopped what no worker has, for which it looks every ten seconds. */
export function schedulesOnStores(waitsForStop: boolean): void {
  // They wait most of the time.
  describe("schedules", { concurrency: true }, () => {
    for (const kind of inTurn("stores of schedules", STORES)) describe(`on ${kind}`, () => onStore(kind, waitsForStop));
  });
}

function onStore(kind: StoreKind, waitsForStop: boolean): void {
  let apps: Apps;
  before(async () => {
    const clock = { ahead: HOUR_MS - (Date.now() % HOUR_MS) + 1_000 };
    apps = new Apps(await openGround({ kind, file: null, now: () => Date.now() + clock.ahead, steersTime: true }), clock);
  });
  after(() => apps.close());

  test("case 27: several workers run each time once; after a downtime one run makes up for all; the newest definition has its way; without one it stops", async () => {
    const runs: { readonly minute: number; readonly late: boolean; readonly version: number }[] = [];
    const hourly = (version: number, cron: string) =>
      timer("Hourly", cron, ({ scheduledFor, isPastDue }) => {
        runs.push({ minute: Math.round((scheduledFor.getTime() - from) / 60_000), late: isPastDue, version });
      });
    const start = apps.now;
    const from = start - (start % HOUR_MS);
    const other = orchestrator("Other", async () => "ran");
    const starts = schedule("starts", "0 * * * *", other);
    const strict: boolean[] = [];
    const never = timer("strict", "0 * * * *", { catchUp: "none" }, ({ isPastDue }) => void strict.push(isPastDue));
    const first = [hourly(1, "0 * * * *"), other, starts, never] as const;
    const two = await Promise.all([apps.start(first), apps.start(first, { keepCursors: false })]);
    const client = () => (two[0] as TaskHub).client;
    const states = async (hub: TaskHub) =>
      Object.fromEntries(
        (await hub.client.schedules.list()).slice(0, 2).map((one): [string, ScheduleStatus["state"]] => [one.name, one.state]),
      );

    for (let hour = 1; hour <= 3; hour++) {
      const next = from + hour * HOUR_MS;
      const waits = async () => (await client().schedules.list()).every((one) => one.next?.getTime() === next);
      await until(`both wait for hour ${hour}`, waits, 20_000);
      apps.passTo(next);
      await until(`hour ${hour}`, () => runs.length === hour, 20_000);
    }
    assert.deepEqual(
      runs.map(({ minute }) => minute),
      [60, 120, 180],
    );
    const id = (hour: number) => `starts:${new Date(from + hour * HOUR_MS).toISOString()}`;
    for (const hour of [1, 2, 3]) await until(id(hour), async () => (await client().getStatus(id(hour)))?.output === "ran", 20_000);

    await apps.stop(...two);
    apps.pass(5 * HOUR_MS);
    const third = await apps.start(first);
    await until("the run that makes up", () => runs.length === 4, 20_000);
    assert.deepEqual(runs[3], { minute: 240, late: true, version: 1 });
    const next = async () => (await third.client.schedules.list())[0]?.next?.getTime();
    const strictly = async () => (await third.client.schedules.list())[2]?.lastProblem ?? "";
    await until("what does not catch up", async () => /^it could not run at \S+, and it does not catch up$/.test(await strictly()), 20_000);
    assert.ok(!strict.includes(true));
    await until("the next hour", async () => (await next()) === from + 9 * HOUR_MS, 20_000);

    // The new pattern does not make up for what was due by the old one while nothing ran.
    await apps.stop(third);
    apps.pass(2 * HOUR_MS);
    const fourth = await apps.start([hourly(2, "30 * * * *"), other]);
    await until("the new definition", async () => (await fourth.client.schedules.list())[0]?.cron === "30 * * * *", 20_000);
    apps.passTo(from + 10.5 * HOUR_MS);
    await until("a run of the new definition", () => runs.length === 5, 20_000);
    assert.deepEqual([runs[4]?.minute, runs[4]?.version], [10 * 60 + 30, 2]);
    assert.equal((await states(fourth)).Hourly, "active");
    assert.equal((await states(fourth)).starts, "removed");
    // It was due meanwhile, and no worker has it: it ends.
    const ended = async () => (await fourth.client.getStatus("@@schedule:starts"))?.runtimeStatus === "Completed";
    await until("the removed schedule ends", ended, 20_000);
    await assert.rejects(fourth.client.schedules.trigger("starts"), { code: "SCHEDULE_NOT_FOUND" });

    // It comes back with its next worker.
    await apps.stop(fourth);
    const fifth = await apps.start([hourly(2, "30 * * * *"), other, starts]);
    assert.deepEqual(await states(fifth), { Hourly: "active", starts: "active" });
    await fifth.client.schedules.trigger("starts");
    await until("a run by hand", async () => (await fifth.client.schedules.list())[1]?.lastInstanceId, 20_000);
    await apps.stop(fifth);

    // An app without any schedule does not know what they are.
    const sixth = await apps.start([other]);
    apps.pass(3 * HOUR_MS);
    const stopped = async () => (await sixth.client.getStatus("@@schedule:hourly"))?.stopped?.code;
    if (waitsForStop) await until("what is due is stopped", async () => (await stopped()) === "FUNCTION_NOT_REGISTERED", 20_000);
    assert.deepEqual(await states(sixth), { Hourly: "removed", starts: "removed" });
    await apps.stop(sixth);
    const seventh = await apps.start([hourly(2, "30 * * * *"), other, starts]);
    await until("it runs again", () => runs.length === 6, 20_000);
    assert.deepEqual(runs[5], { minute: 11 * 60 + 30, late: true, version: 2 });
    assert.deepEqual(await states(seventh), { Hourly: "active", starts: "active" });
    await apps.stop(seventh);
    const violations = checkDump(await apps.store.dump(), { atRest: false });
    assert.deepEqual(violations.map(describeViolation), []);
  });
}
