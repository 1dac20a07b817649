import assert from "node:assert/strict";
import { test } from "node:test";
import { Band, TAKEOVER_MS } from "../testing/band.ts";
import { account, adds, assertFree, entityRow, transfer } from "./testing/accounts.ts";

const KEYS = ["a", "b", "c", "d"];
const COUNT = 60;

/** On a store of its own, with workers that die while transfers lock two of four accounts each, and while clients signal. */
export function deathsCase(name: string, place: () => Promise<{ readonly url: string } & AsyncDisposable>): void {
  test(`${name}: workers die under transfers and signals: every effect counts once, sums are right, nothing stays locked`, async () => {
    await using ground = await place();
    await using band = await Band.open(ground.url);
    const functions = [account, adds, transfer];
    const join = (who: string) => band.join(who, { functions });
    const [first, second] = [await join("first"), await join("second")];
    const ids = Array.from({ length: COUNT }, (_, at) => `transfer-${at}`);
    for (const [at, id] of ids.entries()) {
      await band.client.startNew(transfer, {
        instanceId: id,
        input: { from: KEYS[at % 4] ?? "", to: KEYS[(at + 1 + (at % 3)) % 4] ?? "", amount: at },
      });
      await band.client.entity(account, `signals ${at % 3}`).signal.add(1, { messageId: id });
      if (at === 20) await first.kill();
      if (at === 25) await join("third");
      if (at === 40) await second.kill();
    }
    await band.client.startNew(adds, { instanceId: "adds", input: { key: "e", times: 20 } });
    await band.expectEnd("adds", 20);
    for (const id of ids) {
      const { runtimeStatus } = await band.client.waitForCompletion(id, { timeout: `${20 * TAKEOVER_MS}ms` });
      assert.equal(runtimeStatus, "Completed", id);
    }
    const states = await Promise.all(KEYS.map(async (key) => Number((await entityRow(band.store, key))?.state ?? 0)));
    assert.equal(
      states.reduce((sum, state) => sum + state, 0),
      0,
    );
    for (const at of [0, 1, 2]) {
      await band.until(`its signals were applied`, async () => (await entityRow(band.store, `signals ${at}`))?.state === COUNT / 3);
    }
    await band.until("all locks are back", async () =>
      (await Promise.all(KEYS.map(async (key) => (await entityRow(band.store, key))?.lockedBy === null))).every(Boolean),
    );
    await assertFree(band.store, KEYS);
    const [last] = band.members.slice(-1);
    await last?.drain();
    await band.check();
  });
}
