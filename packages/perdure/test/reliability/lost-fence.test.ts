import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { activity, orchestrator } from "perdure";
import type { Store } from "../../src/store/contract.ts";
import { StoreRefusalError } from "../../src/store/errors.ts";
import { openStand } from "../testing/stand.ts";

const RENEW_MS = 50;

test("a worker whose new fence was given and not told is not taken for dead: it asks again and continues", async () => {
  let runs = 0;
  const once = activity("once", () => {
    runs += 1;
    return runs;
  });
  const chain = orchestrator("chain", (ctx) => ctx.callActivity(once));
  const lost = { commits: 0, fences: 0, renewals: 0 };
  const gone = (detail: string) => new StoreRefusalError({ kind: "unknown", detail });
  const around = (store: Store): Store => ({
    ...store,
    commit: async (batch) => {
      const receipt = await store.commit(batch);
      if (lost.commits > 0 || batch.updates.length === 0) return receipt;
      lost.commits += 1;
      throw gone("the answer of the commit is lost");
    },
    refence: async (params) => {
      const fresh = await store.refence(params);
      if (lost.fences > 0) return fresh;
      lost.fences += 1;
      await sleep(3 * RENEW_MS); // the lease is renewed under the old fence meanwhile, in vain
      throw gone("the answer of the new fence is lost");
    },
    renew: async (params) => {
      try {
        return await store.renew(params);
      } catch (error) {
        lost.renewals += 1;
        throw error;
      }
    },
  });
  await using stand = await openStand({ store: "memory", functions: [once, chain], wrap: around, engine: { renewEveryMs: RENEW_MS } });
  await stand.client.startNew(chain, { instanceId: "i" });
  await stand.expectEnd("i", "Completed", 1);
  assert.deepEqual({ ...lost, renewals: lost.renewals > 0 }, { commits: 1, fences: 1, renewals: true });
  await sleep(3 * RENEW_MS);
  assert.deepEqual(
    stand.log.filter(({ event }) => event === "worker.lost"),
    [],
  );
  const { workers } = await stand.store.readWorkers();
  assert.equal(workers.length, 1);
  assert.ok((workers[0]?.renewals ?? 0) > 0, "its lease is not renewed any more");
});
