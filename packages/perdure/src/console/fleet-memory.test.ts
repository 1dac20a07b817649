import assert from "node:assert/strict";
import { test } from "node:test";
import type { InspectedWorker } from "../client/inspect/fleet-types.ts";
import { FleetMemory } from "./fleet-memory.ts";
import type { Rates } from "./wire.ts";

const MINUTE = 60_000;
const RATES: Rates = {
  ...{ endedPerSecond: 1, activitiesPerSecond: null, activitiesFailed: null, commit: null, rowsPerCommit: null },
  ...{ eventToEpisode: null, unclaimed: 0 },
};
const line = (name: string, n: number) => ({
  ...{ name, waiting: { n, isExact: true }, oldest: null, running: 0, limit: null, forSlot: { n: 0, isExact: true }, why: null },
  outlook: "fine" as const,
});
const worker = (number: number, diedAt: number | null, instances = 0): InspectedWorker => ({
  ...{ worker: number, host: "h", pid: 1, state: diedAt === null ? "live" : "dead", leaseUntil: 0, diedAt, renewedAt: null, lease: null },
  ...{ joinedAt: null, instances: { n: instances, of: 10 }, activities: null, functions: 1, endedPerSecond: null, build: null },
});

test("a worker that died is in the list for an hour, although its row is gone", () => {
  const memory = new FleetMemory();
  const numbers = (workers: readonly InspectedWorker[], now: number) => memory.withDead(workers, now).map((one) => one.worker);
  assert.deepEqual(numbers([worker(1, null), worker(2, 5 * MINUTE)], 6 * MINUTE), [1, 2]);
  assert.deepEqual(numbers([worker(1, null)], 65 * MINUTE), [1, 2]);
  assert.deepEqual(numbers([worker(1, null)], 66 * MINUTE), [1]);
});

test("of a worker that died it is said what it had, and whether that is free again", () => {
  const memory = new FleetMemory();
  const note = (workers: readonly InspectedWorker[]) => memory.withDead(workers, 6 * MINUTE).find((one) => one.worker === 2)?.note;
  assert.equal(note([worker(2, null, 3)]), null);
  assert.equal(note([worker(2, 5 * MINUTE, 3)]), "3 instances are not all free yet");
  assert.equal(note([worker(1, null)]), "3 instances are free for other workers again");
});

test("a point for each half minute of the last hour; lines that are empty go", () => {
  const memory = new FleetMemory();
  for (let second = 0; second <= 100 * 60; second += 10)
    if (memory.isDue(second * 1_000)) memory.seen(RATES, { activities: second < 3_000 ? [line("Pack", second)] : [] }, second * 1_000);
  assert.equal(memory.rates.length, 121);
  assert.deepEqual([memory.rates[0]?.at, memory.rates.at(-1)?.at], [40 * MINUTE, 100 * MINUTE]);
  assert.deepEqual(memory.line("Pack").slice(0, 2), [
    { at: 2_400_000, n: 2_400 },
    { at: 2_430_000, n: 2_430 },
  ]);
  memory.seen(RATES, { activities: [] }, 200 * MINUTE);
  assert.deepEqual(memory.line("Pack"), []);
});
