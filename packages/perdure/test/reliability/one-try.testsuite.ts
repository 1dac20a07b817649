import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import type { Mode, Stand, StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

/** Its code does not fit: it waits for a promise that cannot be recorded. */
const stuck = orchestrator("Stuck", async (ctx) => {
  await ctx.waitForExternalEvent("go");
  await new Promise(() => {});
});

const stops = (stand: Stand) => stand.log.filter(({ event }) => event === "instance.stopped").length;
const isStopped = async (stand: Stand) => (await stand.client.getStatus("it"))?.stopped?.code === "STUCK";

/** Waits for the `count`th stop, and that none follows. */
async function expectStops(stand: Stand, count: number): Promise<void> {
  await stand.until(`stopped ${count} times`, async () => stops(stand) >= count && (await isStopped(stand)));
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(stops(stand), count);
  assert.ok(await isStopped(stand));
}

export function oneTryCase(store: StoreKind, mode: Mode): void {
  test(`a resume of a stopped instance is good for one try: ${store}, ${mode}`, async () => {
    await using stand = await openStand({ store, mode, functions: [stuck] });
    await stand.client.startNew(stuck, { instanceId: "it" });
    await stand.untilStatus("it", "Running");
    await stand.client.raiseEvent("it", "go");
    await expectStops(stand, 1);
    await stand.client.resume("it", "trying again");
    await expectStops(stand, mode === "twice" ? Math.max(2, stops(stand)) : 2);
    const before = stops(stand);
    // Suspended meanwhile: the resume is recorded as well, though the try has failed.
    await stand.client.suspend("it");
    await stand.client.resume("it");
    await stand.until("one more try", async () => stops(stand) > before && (await isStopped(stand)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(stops(stand) <= before + (mode === "twice" ? 2 : 1));
    assert.equal((await stand.status("it")).runtimeStatus, "Running");
    assert.deepEqual((await stand.kinds("it")).slice(-2), ["ExecutionSuspended", "ExecutionResumed"]);
    assert.deepEqual(
      (await stand.store.dump()).inbox.map(({ kind }) => kind),
      ["event"],
    );
    await stand.client.terminate("it");
    await stand.untilStatus("it", "Terminated");
  });
}
