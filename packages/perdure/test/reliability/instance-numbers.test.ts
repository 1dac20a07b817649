import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import type { Store } from "../../src/store/contract.ts";
import { StoreRefusalError } from "../../src/store/errors.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const leaf = orchestrator("leaf", async () => 1);
const wide = orchestrator("wide", async (ctx, children: number) => {
  const results = await Promise.all(Array.from({ length: children }, () => ctx.callSubOrchestrator(leaf)));
  return results.length;
});
const forever = orchestrator("forever", (ctx) => ctx.waitForExternalEvent("never"));

/** A fleet whose store reserves `block` numbers at a time, and none while `isAway`. */
async function open(store: "memory" | "sqlite", block: number) {
  const numbers = { isAway: false, asked: 0, given: 0 };
  const between = (inner: Store): Store => ({
    ...interceptStore(inner, (_, call) => call()),
    reserveNumbers: (count) => {
      numbers.asked += 1;
      if (numbers.isAway) return Promise.reject(new StoreRefusalError({ kind: "busy", detail: "no numbers" }));
      const given = Math.min(count, block);
      numbers.given += given;
      return inner.reserveNumbers(given);
    },
  });
  const fleet = await TestFleet.open(1, { store, functions: () => [leaf, wide, forever], between });
  const statuses = async (...ids: string[]) => Promise.all(ids.map(async (id) => (await fleet.status(id))?.runtimeStatus));
  return { fleet, numbers, statuses };
}

for (const store of inTurn("instance-numbers", ["memory", "sqlite"] as const)) {
  test(`an episode that starts more children than there are numbers waits for them (${store})`, async () => {
    const { fleet, statuses } = await open(store, 100);
    await using _ = fleet;
    await fleet.start(0, "wide", ["one", "two", "three"], 350);
    await fleet.advance(5_000);
    assert.deepEqual(await statuses("one", "two", "three"), ["Completed", "Completed", "Completed"]);
    assert.equal(await fleet.end("one"), 350);
  });

  test(`while the store gives no numbers, others run, and the end of what waits is not held up (${store})`, async () => {
    const { fleet, numbers, statuses } = await open(store, 100);
    await using _ = fleet;
    numbers.isAway = true;
    await fleet.start(0, "wide", ["wide", "ended"], 350);
    await fleet.start(0, "leaf", ["leaf-1", "leaf-2"]);
    await fleet.advance(1_000);
    assert.deepEqual(await statuses("leaf-1", "leaf-2", "wide", "ended"), ["Completed", "Completed", "Pending", "Pending"]);
    void fleet.client(0).terminate({ instanceId: "ended", reason: "enough", recursive: false });
    await fleet.advance(1_000);
    assert.deepEqual(await statuses("ended"), ["Terminated"]);
    assert.ok(numbers.asked < 200, `numbers were asked for ${numbers.asked} times`);
    numbers.isAway = false;
    assert.equal(await fleet.end("wide"), 350);
  });
}

test("an instance that is replaced while the store gives no numbers is replaced as soon as it does", async () => {
  const { fleet, numbers, statuses } = await open("memory", 100);
  await using _ = fleet;
  await fleet.start(0, "forever", "one");
  numbers.isAway = true;
  await fleet.start(0, "wide", "wide", numbers.given); // takes all that are left: starts of clients have taken none of so few
  await fleet.advance(1_000);
  void fleet.client(0).start({ name: "wide", input: JSON.stringify(1) as never, instanceId: "one", onExisting: "replace" });
  await fleet.advance(1_000);
  assert.deepEqual(await statuses("one"), ["Running"]);
  numbers.isAway = false;
  await fleet.advance(3_000);
  assert.deepEqual(await statuses("one"), ["Completed"]);
  assert.equal((await fleet.status("one"))?.name, "wide");
});
