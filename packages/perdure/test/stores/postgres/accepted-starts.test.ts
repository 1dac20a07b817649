import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { AuditWhat } from "../../../src/model/audit.ts";
import { executionId } from "../../../src/model/ids.ts";
import type { AuditPage } from "../../../src/store/audit.ts";
import type { CallerTransaction, Store } from "../../../src/store/contract.ts";
import { startInstance } from "../../../src/store/start-instance.ts";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { withClient } from "../../../src/testing/postgres/databases.ts";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { ending, Hand, id, spec } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

const newest = TEST_SERVERS.at(-1);
if (newest === undefined) throw new Error("there is no PostgreSQL to test with");
const database = new TestDatabase(newest);
after(() => database.drop());

interface Ended {
  readonly store: Store;
  readonly hand: Hand;
  /** In `pg`'s own settings: 64-bit numbers are texts. */
  readonly client: CallerTransaction;
  readonly schema: string;
}

const asked = (run: string) => spec("i", { executionId: executionId(run) });

/** The run of "i" has ended by itself, after a start in its place was accepted. */
async function whereAStartIsAccepted(body: (ended: Ended) => Promise<void>): Promise<void> {
  const url = await database.freshUrl();
  const store = await openPostgresStore({ url });
  try {
    const hand = await Hand.join(store, {});
    const [no] = await hand.own("i");
    assert.equal((await startInstance(store, { start: asked("second"), onExisting: "replace" })).outcome, "replacing");
    await hand.commit({ updates: [ending(no!, 0)] });
    const schema = `"${new URL(url).searchParams.get("schema")}"`;
    await withClient(url.split("?")[0]!, (client) => body({ store, hand, client, schema }));
  } finally {
    await store.close();
  }
}

const runOf = async (store: Store) => (await store.getInstance(id("i")))?.executionId;

test("in a transaction of the caller's it is carried out with it, or not at all", () =>
  whereAStartIsAccepted(async ({ store, client }) => {
    for (const [end, run] of [
      ["ROLLBACK", "run of i"],
      ["COMMIT", "second"],
    ] as const) {
      const before = await runOf(store);
      await client.query("BEGIN", []);
      const third = await startInstance(store.within!(client), { start: asked("third"), onExisting: "attach" });
      assert.deepEqual([third.outcome, third.executionId], ["existing", "second"]);
      await client.query(end, []);
      assert.equal(await runOf(store), end === "ROLLBACK" ? before : run);
    }
  }));

test("it is carried out once: not again when its run has ended and is gone", () =>
  whereAStartIsAccepted(async ({ store, hand, client }) => {
    let slow = true;
    const late: CallerTransaction = {
      async query(text, values) {
        if (slow && values.includes("accepted")) {
          slow = false;
          assert.equal((await store.sweep()).started, 1);
          const [claimed] = await hand.claim();
          await hand.commit({ updates: [ending(claimed!.no, claimed!.version)] });
          assert.equal((await store.purge({ instanceId: id("i") })).deleted, 1);
        }
        return client.query(text, values);
      },
    };
    const third = await startInstance(store.within!(late), { start: asked("third"), onExisting: "attach" });
    assert.deepEqual([slow, third.outcome, third.executionId], [false, "started", "third"]);
  }));

const assertDropped = ({ rows }: AuditPage, whats: readonly AuditWhat[]) => {
  assert.deepEqual(
    rows.map(({ what }) => what),
    whats,
  );
  assert.match(rows.at(-1)?.reason ?? "", /^a start in its place cannot be read: inbox row \d+ \(replace\): /);
};

test("the sweep drops one that cannot be read, and says so once", () =>
  whereAStartIsAccepted(async ({ store, client, schema }) => {
    await client.query(`UPDATE ${schema}.inbox SET body = '{no', body_z = NULL WHERE kind = 'replace'`, []);
    const { started, unreadable } = await store.sweep();
    assert.deepEqual([started, unreadable.map(({ instanceId }) => instanceId)], [0, ["i"]]);
    assert.match(unreadable[0]!.problem, /^inbox row \d+ \(replace\): /);
    assert.deepEqual((await store.sweep()).unreadable, []);
    assertDropped(await store.audit.read({ instanceId: id("i"), limit: 9, place: null }), ["drop"]);
  }));

test("one that cannot be read keeps no other start away, and is dropped", () =>
  whereAStartIsAccepted(async ({ store, client, schema }) => {
    await client.query(`UPDATE ${schema}.inbox SET body = '{no', body_z = NULL WHERE kind = 'replace'`, []);
    const third = await startInstance(store, { start: asked("third"), onExisting: "error" });
    assert.deepEqual([third.outcome, await runOf(store), (await store.dump()).inbox], ["started", "third", []]);
    assertDropped(await store.audit.read({ instanceId: id("i"), limit: 9, place: null }), ["replace", "drop"]);
  }));
