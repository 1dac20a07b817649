import assert from "node:assert/strict";
import { test } from "node:test";
import type { Measured, Series } from "./record.ts";
import { medianOf, recordOf } from "./record.ts";

const measured = (rate: number, extra: Record<string, number> = {}): Measured => ({
  orchestrationsPerSecond: rate,
  activitiesPerSecond: null,
  eventsPerSecond: null,
  p50Ms: 1 / 3,
  p95Ms: 1,
  p99Ms: 2,
  rssMiB: 100,
  fsync: true,
  extra,
});

const series = (peer: string | null, rate: number): Series => ({
  peer,
  store: peer === null ? "sqlite" : null,
  inFlight: 256,
  commitDelayMs: peer === null ? 0 : null,
  floorCommitsPerSecond: 12_345.6,
  median: measured(rate),
});

test("medians are taken field by field, the scenario's own numbers included", () => {
  const result = medianOf([measured(30, { cost: 3 }), measured(10, { cost: 9 }), measured(20, { cost: 1 })]);
  assert.equal(result.orchestrationsPerSecond, 20);
  assert.equal(result.activitiesPerSecond, null);
  assert.deepEqual(result.extra, { cost: 3 });
});

test("one run without fsync makes the whole series one without", () => {
  assert.equal(medianOf([measured(1), { ...measured(2), fsync: false }]).fsync, false);
});

test("a JSON line has exactly the documented names in the documented order", () => {
  const line = recordOf("hello-sequence-5", series(null, 10), null, "orchestrationsPerSecond");
  assert.deepEqual(
    new Set(Object.keys(line)),
    new Set(
      (
        "scenario store peer inFlight orchestrationsPerSecond activitiesPerSecond eventsPerSecond p50Ms p95Ms p99Ms " +
        "floorCommitsPerSecond fsync commitDelayMs rssMiB ratioToPeer p50OverSixFloorCommits"
      ).split(" "),
    ),
  );
  assert.deepEqual(Object.keys(line).slice(0, 4), ["scenario", "store", "peer", "inFlight"]);
  assert.equal(line.p50Ms, 0.333);
  assert.equal(line.ratioToPeer, null);
});

test("one of ours at a time is held against six commits of the floor", () => {
  const alone = { ...series(null, 10), inFlight: 1, floorCommitsPerSecond: 36_000 };
  const over = (name: string, one: Series) => recordOf(name, one, null, "orchestrationsPerSecond").p50OverSixFloorCommits;
  assert.equal(over("hello-sequence-5", alone), 2);
  assert.equal(over("hello-sequence-5", { ...alone, inFlight: 256 }), null);
  assert.equal(over("hello-sequence-5", { ...alone, peer: "openworkflow" }), null);
  assert.equal(over("external-event", alone), null);
});

test("a peer's line says how many times faster we were", () => {
  const line = recordOf("hello-sequence-5", series("durabletask-js", 4), series(null, 10), "orchestrationsPerSecond");
  assert.equal(line.ratioToPeer, 2.5);
});
