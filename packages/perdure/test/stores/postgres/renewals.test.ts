import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../../src/store/contract.ts";
import type { WorkerRow } from "../../../src/store/rows.ts";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

const LEASE_MS = 1_000;

/** As an activity does that computes and never lets go: the thread does not turn. It sleeps, since nothing here looks at the processor. */
function keepThreadBusy(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

async function onlyWorker(store: Store): Promise<{ readonly now: number; readonly row: WorkerRow }> {
  const { now, workers } = await store.readWorkers();
  assert.equal(workers.length, 1);
  return { now, row: workers[0]! };
}

// Nothing in here depends on the server's version: the newest will do.
for (const server of TEST_SERVERS.slice(-1)) {
  describe(`postgres ${server}: renewals`, { timeout: 60_000 }, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    async function withWorker(body: (store: Store, renew: () => Promise<unknown>) => Promise<void>): Promise<void> {
      const store = await openPostgresStore({ url: await database.freshUrl() });
      try {
        const { worker, fence } = await store.join({
          leaseMs: LEASE_MS,
          functions: { orchestrator: [], activity: [], entity: [] },
          host: "h",
        });
        const load = { busy: 1, owned: 2, maxOwned: 3, activities: 4, maxActivities: 5 };
        const renew = () => store.renew({ worker, fence, leaseMs: LEASE_MS, load });
        await renew();
        await sleep(LEASE_MS / 4); // it has turned meanwhile
        await renew();
        await body(store, renew);
        await store.leave({ worker, fence });
      } finally {
        await store.close();
      }
    }

    test("while user code keeps the worker's thread busy, its lease is renewed; what it said of itself stands", async () => {
      await withWorker(async (store) => {
        const before = await onlyWorker(store);
        keepThreadBusy(1.3 * LEASE_MS);
        const { now, row } = await onlyWorker(store);
        assert.ok(row.leaseUntil > now, `the lease ended ${now - row.leaseUntil} ms ago`);
        assert.ok(row.renewals > before.row.renewals);
        assert.deepEqual(row.load, before.row.load);
      });
    });

    test("a thread that is busy for longer than half a lease loses it", async () => {
      await withWorker(async (store) => {
        keepThreadBusy(2 * LEASE_MS);
        const { now, row } = await onlyWorker(store);
        assert.ok(row.leaseUntil < now, `the lease has ${row.leaseUntil - now} ms left`);
      });
    });

    test("a worker that turns and does not renew is not renewed by others", async () => {
      await withWorker(async (store) => {
        // On a busy machine the worker may turn late once, and then its lease is renewed for it, rightly.
        for (let tries = 0; tries < 4; tries++) {
          const before = await onlyWorker(store);
          await sleep(1.2 * LEASE_MS);
          const { now, row } = await onlyWorker(store);
          if (row.renewals === before.row.renewals && row.leaseUntil < now) return;
        }
        assert.fail("its lease was renewed all the time");
      });
    });
  });
}
