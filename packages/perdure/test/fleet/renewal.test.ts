import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import type { Store } from "../../src/store/contract.ts";
import type { LogEntry } from "../../src/telemetry/engine-log.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import { TestFleet } from "./fleet.testsuite.ts";

const LEASE_MS = 10_000;
const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent("Go"));

test("a commit that begins after a long rest, and is under way when the lease is renewed, does not count as an engine that stands still", async () => {
  const log: LogEntry[] = [];
  let commitMs = 0;
  const between = (store: Store): Store => ({
    ...interceptStore(store, (_, call) => call()),
    commit: async (batch) => {
      if (commitMs > 0) await fleet.sim.world.sleep(commitMs);
      return store.commit(batch);
    },
  });
  const write = (entry: LogEntry) => void log.push(entry);
  const fleet = await TestFleet.open(1, {
    store: "memory",
    functions: () => [waits],
    settings: { leaseMs: LEASE_MS, renewEveryMs: 3_000 },
    between,
    log: { enabled: () => true, write },
  });
  await using _ = fleet;
  await fleet.advance(60_000);
  const renewals = async () => (await fleet.sim.store.readWorkers()).workers[0]?.renewals ?? 0;
  const before = await renewals();
  commitMs = 3_100;
  const started = fleet.client(0).start({ name: "waits", instanceId: "one", input: null });
  await fleet.advance(3_050);
  assert.ok((await renewals()) > before, "it was renewed while the commit was under way");
  commitMs = 0;
  await fleet.advance(10_000);
  await started;
  assert.deepEqual(
    log.filter(({ event }) => event === "lease.not-renewed"),
    [],
  );
});

interface Slow {
  /** How long each slice of a takeover takes, and how many slices there are before the true ones. */
  readonly takeOver?: { readonly ms: number; readonly slices: number };
  readonly readWorkersMs?: number;
}

/** Three workers; what they ask of the store takes as long as `slow` says, from the moment on at which the first of them dies. */
async function openSlow(slow: Slow, nodes = 3) {
  const log: LogEntry[] = [];
  const found: { fleet: TestFleet | null } = { fleet: null };
  const pause = async (ms = 0) => {
    if (found.fleet !== null && ms > 0) await found.fleet.sim.world.sleep(ms);
  };
  const slices = new Map<number, number>();
  const between = (store: Store): Store => ({
    ...interceptStore(store, (_, call) => call()),
    readWorkers: async () => {
      await pause(slow.readWorkersMs);
      return store.readWorkers();
    },
    takeOver: async (params) => {
      const { ms, slices: all } = slow.takeOver ?? { ms: 0, slices: 0 };
      await pause(ms);
      const slice = (slices.get(params.dead) ?? 0) + 1;
      slices.set(params.dead, slice);
      return slice < all ? { freed: 0, done: false } : store.takeOver(params);
    },
  });
  const settings = { leaseMs: LEASE_MS, renewEveryMs: 3_000 };
  const write = (entry: LogEntry) => void log.push(entry);
  const fleet = await TestFleet.open(nodes, {
    store: "memory",
    functions: () => [waits],
    settings,
    between,
    log: { enabled: () => true, write },
  });
  const begin = () => {
    found.fleet = fleet;
  };
  const said = (event: string) => log.filter((entry) => entry.event === event);
  return { fleet, begin, said };
}

test("a takeover that takes far longer than a lease does not keep the worker from renewing its own", async () => {
  const { fleet, begin, said } = await openSlow({ takeOver: { ms: 4_000, slices: 12 } });
  await using _ = fleet;
  await fleet.start(0, "waits", ["one", "two"]);
  begin();
  fleet.kill(0);
  for (let second = 0; second < 90; second++) {
    await fleet.advance(1_000);
    const { now, workers } = await fleet.sim.store.readWorkers();
    for (const { worker, leaseUntil } of workers.slice(-2)) assert.ok(leaseUntil > now, `the lease of worker ${worker} has run out`);
  }
  assert.deepEqual(said("worker.lost"), []);
  assert.equal(said("worker.dead").length, 1);
  assert.ok(said("worker.taken-over").length >= 1);
});

test("while one dead worker is taken over, the next one is found and taken over as well", async () => {
  const { fleet, begin, said } = await openSlow({ takeOver: { ms: 10_000, slices: 20 } });
  await using _ = fleet;
  await fleet.start(0, "waits", "one");
  begin();
  fleet.kill(0);
  await fleet.advance(30_000);
  assert.equal(said("worker.dead").length, 1);
  fleet.kill(1);
  await fleet.advance(30_000);
  assert.equal(said("worker.dead").length, 2);
});

test("the rows of the workers are read so slowly that a lease would run out meanwhile: it is renewed", async () => {
  const { fleet, begin, said } = await openSlow({ readWorkersMs: 3 * LEASE_MS }, 2);
  await using _ = fleet;
  begin();
  const [before] = (await fleet.sim.store.readWorkers()).workers;
  await fleet.advance(60_000);
  const { now, workers } = await fleet.sim.store.readWorkers();
  assert.ok(workers.every(({ leaseUntil }) => leaseUntil > now));
  assert.ok((workers[0]?.renewals ?? 0) - (before?.renewals ?? 0) >= 15);
  assert.deepEqual([...said("worker.lost"), ...said("worker.dead")], []);
});
