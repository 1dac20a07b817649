import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import type { GroupCommit } from "../../src/store/commit.ts";
import type { StoreRefusal } from "../../src/store/errors.ts";
import { StoreRefusalError } from "../../src/store/errors.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const chain = orchestrator("chain", async (ctx) => {
  const one = await ctx.callActivity("work");
  return [one, await ctx.callActivity("work")];
});
const IDS = ["one", "two", "three"];
const LOST: StoreRefusal = { kind: "unknown", detail: "the connection was lost" };

/** Three instances at work; the commits that `isLost` names never reach the store. */
async function threeAtWork(isLost: (batch: GroupCommit, ms: number) => StoreRefusal | null) {
  const fleet = await TestFleet.open(1, {
    store: "memory",
    functions: ({ sleep }) => [chain, activity("work", () => sleep(1_000).then(() => 1))],
  });
  const { store, calendar } = fleet.sim;
  const commit = store.commit.bind(store);
  for (const id of IDS) await fleet.start(0, "chain", id);
  await fleet.advance(100);
  const from = calendar.now();
  let losses = 0;
  Object.assign(store, {
    commit: async (batch: GroupCommit) => {
      const refusal = isLost(batch, calendar.now() - from);
      if (refusal === null) return commit(batch);
      losses += 1;
      throw new StoreRefusalError(refusal);
    },
  });
  return { fleet, losses: () => losses };
}

const ends = async (fleet: TestFleet) => {
  const rows = await Promise.all(IDS.map((id) => fleet.status(id)));
  return rows.map((row) => row?.stopped?.code ?? row?.runtimeStatus);
};

test("an instance whose commit always ends the connection is stopped, and the others continue", async () => {
  let no: number | null = null;
  const { fleet, losses } = await threeAtWork((batch) => {
    no ??= batch.updates[0]?.no ?? null;
    return batch.updates.some((row) => row.no === no) ? LOST : null;
  });
  await using _ = fleet;
  await fleet.advance(30_000);
  assert.deepEqual((await ends(fleet)).sort(), ["Completed", "Completed", "STORE_REFUSED_DATA"]);
  assert.ok(losses() >= 10 && losses() <= 20, `${losses()} commits were lost`);
});

test("no instance is stopped for commits whose connections the store ended for another reason, however many", async () => {
  let left = 200;
  const { fleet } = await threeAtWork(() => (left-- > 0 ? { ...LOST, cutByOthers: true } : null));
  await using _ = fleet;
  await fleet.advance(30_000);
  assert.ok(left < 0);
  assert.deepEqual(await ends(fleet), ["Completed", "Completed", "Completed"]);
});

test("no instance is stopped while the connections of all commits are lost for some seconds", async () => {
  const { fleet, losses } = await threeAtWork((_, ms) => (ms < 5_000 ? LOST : null));
  await using _ = fleet;
  await fleet.advance(30_000);
  assert.ok(losses() > 3, `${losses()} commits were lost`);
  assert.deepEqual(await ends(fleet), ["Completed", "Completed", "Completed"]);
});
