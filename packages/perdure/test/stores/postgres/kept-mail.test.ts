import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Delivery, Store } from "../../../src/store/contract.ts";
import type { PgClient } from "../../../src/stores/postgres/driver.ts";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { withClient } from "../../../src/testing/postgres/databases.ts";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { event, Hand, id, keysOf, NO_WORKER, spec } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

const newest = TEST_SERVERS.at(-1)!;

const signal = (entity: string, name: string): Delivery => ({
  instanceId: id(entity),
  message: event(name),
  orCreate: { start: spec(entity, { name: "counter", input: null }), status: "Running" },
});

const look = (store: Store) => store.look({ worker: NO_WORKER, keys: keysOf({}) });

/** Names of the events that each entity has in its inbox, in order. */
async function mailOf(store: Store, entity: string): Promise<readonly string[]> {
  const row = await store.getInstance(id(entity));
  if (row === null) return [];
  const [loaded] = await store.load([row.no]);
  return (loaded?.inbox ?? []).map(({ body }) => (JSON.parse(body) as { readonly name: string }).name);
}

describe(`postgres ${newest}: messages to new instances inside a transaction of the caller`, { timeout: 60_000 }, () => {
  const database = new TestDatabase(newest);
  after(() => database.drop());

  async function withTransaction(
    body: (stores: readonly Store[], transaction: PgClient, within: NonNullable<Store["within"]>) => Promise<void>,
  ) {
    const url = await database.freshUrl();
    const stores = await Promise.all([1, 2, 3].map(() => openPostgresStore({ url })));
    try {
      await withClient(url.split("?")[0]!, async (transaction) => {
        await transaction.query("BEGIN");
        await body(stores, transaction, stores[0]!.within!);
      });
    } finally {
      await Promise.all(stores.map((store) => store.close()));
    }
  }

  test("no other sender waits for the caller, and the next look after the commit delivers", async () => {
    await withTransaction(async ([store, other], transaction, within) => {
      const calls = within(transaction);
      assert.deepEqual(await calls.deliver(signal("@counter@a", "1")), { outcome: "delivered", status: "Running" });
      await calls.deliver(signal("@counter@a", "2"));
      await calls.deliver(signal("@counter@b", "1"));
      const hand = await Hand.join(other!, {});
      // While the transaction is open: each of these would wait for a row that it had inserted.
      const { orCreate, message, instanceId } = signal("@counter@a", "client");
      await hand.commit({ messages: [{ to: { instanceId }, message, ...(orCreate === undefined ? {} : { orCreate }) }] });
      await other!.deliver(signal("@counter@b", "client"));
      await look(store!);
      assert.deepEqual([await mailOf(store!, "@counter@a"), await mailOf(store!, "@counter@b")], [["client"], ["client"]]);
      await transaction.query("COMMIT");
      const { keptMail = [] } = await store!.dump();
      assert.deepEqual(
        keptMail.map(({ instanceId, message }) => [instanceId, message.kind === "event" && message.name]),
        [
          ["@counter@a", "1"],
          ["@counter@a", "2"],
          ["@counter@b", "1"],
        ],
      );
      await look(store!);
      assert.deepEqual((await store!.dump()).keptMail, []);
      assert.deepEqual(await mailOf(store!, "@counter@a"), ["client", "1", "2"]);
      assert.deepEqual(await mailOf(store!, "@counter@b"), ["client", "1"]);
      assert.equal((await store!.getInstance(id("@counter@a")))?.wakeAt !== null, true);
    });
  });

  test("what is rolled back was never sent", async () => {
    await withTransaction(async ([store], transaction, within) => {
      await within(transaction).deliver(signal("@counter@a", "1"));
      await transaction.query("ROLLBACK");
      await look(store!);
      assert.equal(await store!.getInstance(id("@counter@a")), null);
    });
  });

  test("to one that is there it goes at once, unless an earlier one is kept", async () => {
    await withTransaction(async ([store, other], transaction, within) => {
      await other!.deliver(signal("@counter@there", "client"));
      await within(transaction).deliver(signal("@counter@there", "1"));
      await within(transaction).deliver(signal("@counter@new", "1"));
      await transaction.query("COMMIT");
      assert.deepEqual(await mailOf(store!, "@counter@there"), ["client", "1"]);
      await other!.deliver(signal("@counter@new", "client"));
      await transaction.query("BEGIN");
      await within(transaction).deliver(signal("@counter@new", "2"));
      await transaction.query("COMMIT");
      await look(store!);
      assert.deepEqual(await mailOf(store!, "@counter@new"), ["client", "1", "2"]);
    });
  });

  test("workers that look at once deliver each message once, in order", async () => {
    await withTransaction(async (stores, transaction, within) => {
      const calls = within(transaction);
      for (let turn = 0; turn < 30; turn += 1) await calls.deliver(signal(`@counter@${turn % 3}`, `${turn}`));
      await transaction.query("COMMIT");
      await Promise.all(stores.map(look));
      const all = await Promise.all([0, 1, 2].map((key) => mailOf(stores[0]!, `@counter@${key}`)));
      assert.deepEqual(
        all,
        [0, 1, 2].map((key) => Array.from({ length: 10 }, (_, turn) => `${turn * 3 + key}`)),
      );
    });
  });
});
