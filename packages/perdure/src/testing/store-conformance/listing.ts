import assert from "node:assert/strict";
import { describe } from "node:test";
import { functionKey } from "../../model/function-name.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { eventId } from "../../model/ids.ts";
import { payload } from "../../model/payload.ts";
import type { PurgeParams } from "../../store/purge.ts";
import { MOST_PURGED_AT_ONCE } from "../../store/purge.ts";
import type { InstanceQuery } from "../../store/queries.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import type { Bench, Hand } from "./hub.ts";
import { append, birth, ending, event, id, NAME, spec, stopReason, storeTest, task } from "./hub.ts";

const ALL: InstanceQuery = {
  createdFrom: null,
  createdTo: null,
  statuses: [],
  idPrefix: null,
  stopped: null,
  limit: 100,
  continuation: null,
};

const childOf = (name: string, parent: InstanceNo | null, orchestrator = NAME) =>
  spec(name, {
    name: orchestrator,
    parent: parent === null ? null : { no: parent, instanceId: id("parent"), name: "p", generation: 0, taskId: eventId(1) },
  });

async function bornAt(hand: Hand, ids: readonly string[], createdAt: (index: number) => number): Promise<void> {
  const nos = await hand.numbers(ids.length);
  await hand.commit({ creates: ids.map((name, index) => birth(nos[index]!, name, { createdAt: createdAt(index) })) });
}

async function idsOf({ store }: Bench, query: Partial<InstanceQuery>): Promise<readonly string[]> {
  return (await store.query({ ...ALL, ...query })).rows.map((row) => row.instanceId);
}

export function listingSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: queries`, () => {
    storeTest(fixture, "pages in order of creation, each instance once", async (bench) => {
      const hand = await bench.join();
      const ids = Array.from({ length: 25 }, (_, index) => `i${index}`);
      await bornAt(hand, ids, (index) => START_OF_TIME + Math.floor(index / 10)); // several of one moment
      const seen: string[] = [];
      let continuation: string | null = null;
      let pages = 0;
      do {
        const page = await bench.store.query({ ...ALL, limit: 7, continuation });
        seen.push(...page.rows.map((row) => row.instanceId));
        continuation = page.continuation;
        pages += 1;
      } while (continuation !== null);
      assert.deepEqual(seen, ids);
      assert.equal(pages, 4);
      assert.equal((await bench.store.query({ ...ALL, limit: 25 })).continuation, null, "exactly full is the last one");
    });

    storeTest(fixture, "a page ends with the row that makes its bytes full, and has one at least", async (bench) => {
      const hand = await bench.join();
      // 1 KB beside small ones, and what is a few bytes in a store that compresses but 200 KB in a process.
      const sizes = [10, 1_000, 1_000, 200_000, 10, 200_000, 200_000, 10, 10];
      const inputOf = (size: number) => payload(JSON.stringify("x".repeat(size - 2)));
      const nos = await hand.numbers(sizes.length);
      await hand.commit({
        creates: sizes.map((size, index) =>
          birth(nos[index]!, `b${index}`, { start: spec(`b${index}`, { input: inputOf(size) }), createdAt: START_OF_TIME + index }),
        ),
      });
      const pagesOf = async (query: Partial<InstanceQuery>) => {
        const pages: (readonly string[])[] = [];
        let continuation: string | null = null;
        do {
          const page = await bench.store.query({ ...ALL, ...query, continuation });
          pages.push(page.rows.map(({ instanceId }) => instanceId));
          for (const row of page.rows)
            assert.equal(row.input?.length ?? 0, query.payloads === "withoutInput" ? 0 : sizes[Number(row.instanceId.slice(1))]);
          continuation = page.continuation;
        } while (continuation !== null);
        return pages.map((page) => page.join(" "));
      };
      assert.deepEqual(await pagesOf({ maxBytes: 1_500 }), ["b0 b1 b2", "b3", "b4 b5", "b6", "b7 b8"]);
      assert.deepEqual(await pagesOf({ maxBytes: 1 }), ["b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8"]);
      assert.deepEqual(await pagesOf({ maxBytes: 300_000, limit: 4 }), ["b0 b1 b2 b3", "b4 b5 b6", "b7 b8"]);
      assert.deepEqual(await pagesOf({ maxBytes: 10_000_000 }), ["b0 b1 b2 b3 b4 b5 b6 b7 b8"]);
      assert.deepEqual(
        await pagesOf({ maxBytes: 1, payloads: "withoutInput" }),
        ["b0 b1 b2 b3 b4 b5 b6 b7 b8"],
        "inputs that are not shown do not count",
      );
      assert.deepEqual(await pagesOf({ payloads: "withoutInput", limit: 5 }), ["b0 b1 b2 b3 b4", "b5 b6 b7 b8"]);
    });

    storeTest(fixture, "created within a range, both ends included", async (bench) => {
      const hand = await bench.join();
      await bornAt(hand, ["a", "b", "c", "d"], (index) => START_OF_TIME + index * 100);
      const [from, to] = [START_OF_TIME + 100, START_OF_TIME + 200];
      assert.deepEqual(await idsOf(bench, { createdFrom: from, createdTo: to }), ["b", "c"]);
      assert.deepEqual(await idsOf(bench, { createdFrom: from }), ["b", "c", "d"]);
      assert.deepEqual(await idsOf(bench, { createdTo: from }), ["a", "b"]);
    });

    storeTest(fixture, "by status", async (bench) => {
      const hand = await bench.join();
      const [, done] = await hand.own("pending", "done");
      await hand.commit({ updates: [ending(done!, 0)] });
      assert.deepEqual(await idsOf(bench, { statuses: ["Completed"] }), ["done"]);
      assert.deepEqual(await idsOf(bench, { statuses: ["Pending", "Completed"] }), ["pending", "done"]);
      assert.deepEqual(await idsOf(bench, { statuses: ["Failed"] }), []);
    });

    storeTest(fixture, "those that are stopped, or the others", async (bench) => {
      const hand = await bench.join();
      const nos = await hand.own("a", "b", "c", "d");
      const stops = [nos[2]!, nos[0]!].map((no) => ({ no, version: 0, reason: stopReason(), crashes: null }));
      await hand.commit({ stops });
      assert.deepEqual(await idsOf(bench, { stopped: true }), ["a", "c"]);
      assert.deepEqual(await idsOf(bench, { stopped: false }), ["b", "d"]);
      assert.deepEqual(await idsOf(bench, { stopped: null }), ["a", "b", "c", "d"]);
      assert.deepEqual(await idsOf(bench, { stopped: true, idPrefix: "c", statuses: ["Pending"] }), ["c"]);
      assert.deepEqual(await idsOf(bench, { stopped: true, statuses: ["Completed"] }), []);
      const first = await bench.store.query({ ...ALL, stopped: true, limit: 1 });
      assert.deepEqual(await idsOf(bench, { stopped: true, limit: 1, continuation: first.continuation }), ["c"]);
      await bench.store.deliver({ instanceId: id("a"), message: { kind: "resume", ts: START_OF_TIME, reason: null } });
      assert.deepEqual(await idsOf(bench, { stopped: true }), ["c"]);
    });

    storeTest(fixture, "by the beginning of the id, whatever letters it has", async (bench) => {
      const hand = await bench.join();
      const ids = ["order-1", "order-10", "Order-1", "order%2", "orders", "or", "o_der-1", "🚚1", "🚚2", "\u{10ffff}x", "ÿ", "ÿz"];
      await bornAt(hand, ids, (index) => START_OF_TIME + index);
      const withPrefix = (prefix: string) => ids.filter((name) => name.startsWith(prefix));
      for (const prefix of ["order-", "order%", "o_", "%", "", "🚚", "\u{10ffff}", "ÿ", "Order", "zzz"]) {
        assert.deepEqual(await idsOf(bench, { idPrefix: prefix }), withPrefix(prefix), JSON.stringify(prefix));
      }
      const page = await bench.store.query({ ...ALL, idPrefix: "order", limit: 2 });
      assert.deepEqual(await idsOf(bench, { idPrefix: "order", limit: 2, continuation: page.continuation }), ["order%2", "orders"]);
    });
  });

  describe(`${fixture.name}: purge`, () => {
    storeTest(fixture, "one: with its history, mail and tasks; never a live one", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.own("done", "live");
      await store.deliver({ instanceId: id("done"), message: event("unread") });
      const history = [append(no!, 0, 1, "[1]")];
      await hand.commit({ history, updates: [ending(no!, 0, JSON.stringify("x".repeat(10_000)))], newTasks: [task(no!, 1)] });
      assert.deepEqual(await store.purge({ instanceId: id("live") }), { deleted: 0, complete: true });
      assert.deepEqual(await store.purge({ instanceId: id("nobody") }), { deleted: 0, complete: true });
      assert.deepEqual(await store.purge({ instanceId: id("done") }), { deleted: 1, complete: true });
      assert.equal(await store.getInstance(id("done")), null);
      const { instances, history: left, inbox, tasks } = await store.dump();
      assert.deepEqual([instances.length, left, inbox, tasks], [1, [], [], []]);
    });

    storeTest(fixture, "in batches, of finished ones in the range alone", async ({ store, join, clock }) => {
      const hand = await join();
      const nos = await hand.own(...Array.from({ length: 12 }, (_, index) => `i${index}`));
      clock.now += 5;
      await hand.commit({ updates: nos.slice(0, 10).map((no) => ending(no, 0)) });
      const purged = async (params: PurgeParams) => {
        const { deleted, complete } = await store.purge(params);
        return { deleted, complete };
      };
      const range = { createdFrom: null, createdTo: null, completedBefore: null, statuses: [], limit: 4 };
      assert.deepEqual(await purged({ ...range, completedBefore: START_OF_TIME + 5 }), { deleted: 0, complete: true });
      assert.deepEqual(await purged({ ...range, createdFrom: START_OF_TIME + 1 }), { deleted: 0, complete: true });
      assert.deepEqual(await purged({ ...range, statuses: ["Failed"] }), { deleted: 0, complete: true });
      assert.deepEqual(await purged({ ...range, statuses: ["Completed", "Running"] }), { deleted: 4, complete: false });
      assert.deepEqual(await purged({ ...range, completedBefore: START_OF_TIME + 6 }), { deleted: 4, complete: false });
      assert.deepEqual(await purged(range), { deleted: 2, complete: true });
      assert.deepEqual(
        (await store.dump()).instances.map(({ no }) => no),
        nos.slice(10),
      );
    });

    storeTest(fixture, "by name, from a time on, and never a child of a parent that has not ended", async ({ store, join, clock }) => {
      const hand = await join();
      const [live, done] = await hand.own("live", "done");
      const ids = ["of-live", "of-done", "of-none", "other"];
      const nos = await hand.numbers(ids.length);
      const parents = [live!, done!, null, null];
      await hand.commit({
        updates: [ending(done!, 0)],
        creates: nos.map((no, index) =>
          birth(no, ids[index]!, { start: childOf(ids[index]!, parents[index]!, index === 3 ? "Other" : "Ship") }),
        ),
      });
      clock.now += 10;
      await hand.commit({ updates: nos.map((no) => ending(no, 0)) });
      const range = {
        createdFrom: null,
        createdTo: null,
        completedBefore: null,
        statuses: [],
        limit: 10,
        keepsUnderLiveParents: true,
      } as const;
      const left = async () => (await store.dump()).instances.map(({ instanceId }) => String(instanceId)).sort();
      assert.equal((await store.purge({ ...range, completedFrom: START_OF_TIME + 11 })).deleted, 0);
      assert.equal((await store.purge({ ...range, names: { only: [functionKey("SHIP")] }, completedFrom: START_OF_TIME + 10 })).deleted, 2);
      assert.deepEqual(await left(), ["done", "live", "of-live", "other"]);
      assert.equal((await store.purge({ ...range, names: { except: [functionKey("other")] } })).deleted, 1);
      assert.deepEqual(await left(), ["live", "of-live", "other"]);
      assert.equal((await store.purge({ ...range, keepsUnderLiveParents: false })).deleted, 2);
      assert.deepEqual(await left(), ["live"]);
    });

    storeTest(fixture, "with all below that has ended; of what is too much at once the lower parts go first", async ({ store, join }) => {
      const hand = await join();
      const [root, live] = await hand.own("root", "below-live");
      const many = await hand.numbers(MOST_PURGED_AT_ONCE + 200);
      const [first] = many;
      const [grandchild] = await hand.numbers(1);
      const born = (no: InstanceNo, parent: InstanceNo) => birth(no, `c${no}`, { start: childOf(`c${no}`, parent) });
      await hand.commit({ creates: [...many.map((no) => born(no, root!)), born(grandchild!, first!)] });
      const under = await hand.numbers(2);
      await hand.commit({ creates: [born(under[0]!, first!), born(under[1]!, under[0]!)] });
      await hand.commit({ updates: [root!, ...many, grandchild!, under[1]!].map((no) => ending(no, 0)) });
      assert.equal((await store.purge({ instanceId: id("below-live"), recursive: true })).deleted, 0);
      let deleted = 0;
      for (let complete = false; !complete; ) {
        const receipt = await store.purge({ nos: [root!, live!], recursive: true });
        assert.ok(receipt.deleted > 0 && receipt.deleted <= MOST_PURGED_AT_ONCE);
        const dumped = new Set((await store.dump()).instances.map(({ no }) => no));
        if (!receipt.complete) assert.ok(dumped.has(root!), "the root goes last");
        deleted += receipt.deleted;
        complete = receipt.complete;
      }
      assert.equal(deleted, many.length + 2);
      assert.deepEqual(
        (await store.dump()).instances.map(({ no }) => no),
        [live, ...under],
        "what has not ended, and what is below it",
      );
    });
  });
}
