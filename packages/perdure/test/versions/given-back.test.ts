import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { instanceId } from "../../src/model/ids.ts";
import { jsonCodec } from "../../src/model/payload.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const loop = orchestrator("loop", { version: "1.0" }, async (ctx, round: number): Promise<unknown> => {
  return round > 0 ? round : (ctx.continueAsNew(round + 1, { version: "2.0" }) as never);
});

for (const store of inTurn("given-back", ["memory", "sqlite"] as const)) {
  test(`${store}: an instance in a version that no worker takes leaves the one that has it, and costs nothing while it waits`, async () => {
    await using fleet = await TestFleet.open(2, {
      ...{ store, functions: () => [loop], versions: { match: "Strict", defaultVersion: "1.0" } },
    });
    void fleet.client(0).start({ name: "loop", instanceId: "one", version: "1.0", input: jsonCodec.encode(0) });
    await fleet.advance(30_000);
    const row = async () => (await fleet.sim.store.readInstances([instanceId("one")]))[0];
    const [before, commits] = [await row(), fleet.commits.length];
    assert.deepEqual([before?.owner, before?.stopped, before?.generation], [null, null, 1]);
    fleet.calls.clear();
    await fleet.advance(120_000);
    assert.deepEqual(await row(), before);
    assert.equal(fleet.commits.length, commits);
    assert.ok((fleet.calls.get("readWaiting") ?? 0) <= 2 * 12, "each worker looks every ten seconds, as it does where nothing waits");
  });
}
