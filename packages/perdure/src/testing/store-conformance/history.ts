import assert from "node:assert/strict";
import { describe } from "node:test";
import type { InstanceNo } from "../../model/ids.ts";
import { PAST_HISTORY_SLICE } from "../../store/limits.ts";
import type { StoreFixture } from "./fixture.ts";
import { append, ending, id, NOTHING_SWEPT, storeTest, update } from "./hub.ts";

export function historySuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: histories of earlier generations`, () => {
    storeTest(
      fixture,
      "the sweep drops the histories of earlier generations, a bounded number of rows at a time",
      async ({ join, store }) => {
        const hand = await join();
        const [eternal, other] = await hand.own("eternal", "other");
        const rows = (no: InstanceNo, generation: number, count: number) =>
          Array.from({ length: count }, (_, at) => append(no, at, 1, `[${at}]`, { generation }));
        await hand.commit({
          history: [...rows(eternal!, 0, 10), ...rows(other!, 0, 3)],
          updates: [update(eternal!, 0), update(other!, 0)],
        });
        const second = update(eternal!, 1, { generation: 1, input: '"second"' });
        await hand.commit({ history: rows(eternal!, 1, PAST_HISTORY_SLICE), updates: [second] });
        assert.equal((await store.dump()).history.length, 13 + PAST_HISTORY_SLICE, "no commit waits for it");
        const third = update(eternal!, 2, { generation: 2, input: '"third"' });
        await hand.commit({ history: rows(eternal!, 2, 2), updates: [third] });

        const counts = async () => {
          const { history } = await store.dump();
          return [0, 1, 2].map((generation) => history.filter((chunk) => chunk.no === eternal && chunk.generation === generation).length);
        };
        const first = await store.sweep();
        assert.deepEqual([first.pastHistory, first.more], [PAST_HISTORY_SLICE, true]);
        const [, ...left] = await counts();
        assert.equal(left.at(-1), 2);
        const kept = (await store.dump()).history.filter((chunk) => chunk.no === eternal && chunk.generation < 2);
        for (const { generation } of kept) {
          const places = kept.filter((chunk) => chunk.generation === generation).map(({ firstSeq }) => firstSeq);
          assert.deepEqual(
            places,
            places.map((_, at) => at),
            "what is left of a generation is its beginning",
          );
        }
        const last = await store.sweep();
        assert.deepEqual([last.pastHistory, last.more, await counts()], [10, false, [0, 0, 2]]);
        assert.equal((await store.sweep()).pastHistory, 0);
        assert.equal((await store.loadHistory(other!, 0)).length, 3);
        assert.equal((await store.readHistory(id("eternal"))).length, 2);
        await hand.commit({
          history: [append(eternal!, 2, 1, "[2]", { generation: 2 })],
          updates: [update(eternal!, 3, { generation: 2 })],
        });
        assert.equal((await store.loadHistory(eternal!, 2)).length, 3);
      },
    );

    storeTest(
      fixture,
      "what is dropped is told by the generation, not by the input, which may change in any batch",
      async ({ join, store }) => {
        const hand = await join();
        const many = Array.from({ length: PAST_HISTORY_SLICE + 1 }, (_, index) => `i${index}`);
        const nos = await hand.own(...many);
        const [no] = nos;
        await hand.commit({ history: [append(no!, 0, 1, "[0]")], updates: nos.map((one) => update(one, 0, { input: "1" })) });
        assert.deepEqual([(await store.sweep()).pastHistory, (await store.sweep()).more], [0, false]);
        await hand.commit({ updates: nos.map((one) => update(one, 1, { input: "2" })) });
        const none = await store.sweep();
        assert.deepEqual([none.pastHistory, none.more], [0, false], "nothing is noted, so nothing is looked at");
        await hand.commit({ updates: [update(no!, 2, { generation: 1 })] });
        await hand.commit({ updates: [update(no!, 3, { generation: 1, input: "3" })] });
        assert.deepEqual([(await store.sweep()).pastHistory, (await store.load([no!]))[0]?.row.input], [1, "3"]);
      },
    );

    storeTest(fixture, "a range of a history, however its rows lie, and within its bytes", async ({ join, store }) => {
      const hand = await join();
      const [no, other] = await hand.own("long", "other");
      const rows = [3, 1, 4, 1, 5].map((count, at, all) => {
        const first = all.slice(0, at).reduce((sum, one) => sum + one, 0);
        return append(no!, first, count, JSON.stringify(Array.from({ length: count }, (_, index) => first + index)));
      });
      await hand.commit({ history: [...rows, append(other!, 0, 1, "[0]")], updates: [update(no!, 0), update(other!, 0)] });
      const range = async (from: number, limit: number, maxBytes = 10_000, of = no!) => {
        const { total, chunks } = await store.readHistoryRange({ no: of, generation: 0, from, limit, maxBytes });
        return [total, ...chunks.map(({ firstSeq }) => firstSeq)];
      };
      assert.deepEqual(await range(0, 100), [14, 0, 3, 4, 8, 9]);
      assert.deepEqual(await range(0, 0), [14]);
      assert.deepEqual(await range(0, 3), [14, 0]);
      assert.deepEqual(await range(2, 2), [14, 0, 3]);
      assert.deepEqual(await range(5, 4), [14, 4, 8]);
      assert.deepEqual(await range(13, 100), [14, 9]);
      assert.deepEqual(await range(14, 100), [14]);
      assert.deepEqual(await range(-6, 100), [14, 8, 9]);
      assert.deepEqual(await range(-100, 4), [14, 0, 3]);
      assert.deepEqual(await range(0, 100, 1), [14, 0], "one row at least");
      assert.deepEqual(await range(3, 100, 12), [14, 3, 4], "up to the row that makes it full");
      assert.deepEqual(await range(0, 100, 10_000, other!), [1, 0]);
      const { chunks } = await store.readHistoryRange({ no: no!, generation: 0, from: 3, limit: 1, maxBytes: 100 });
      assert.deepEqual(chunks, [{ generation: 0, firstSeq: 3, count: 1, events: "[3]" }]);
      const none = await store.readHistoryRange({ no: no!, generation: 1, from: -5, limit: 100, maxBytes: 100 });
      assert.deepEqual(none, { total: 0, chunks: [] });
      const large = "x".repeat(100_000);
      await hand.commit({ history: [append(no!, 14, 1, JSON.stringify([large]))], updates: [update(no!, 1)] });
      const [last] = (await store.readHistoryRange({ no: no!, generation: 0, from: -1, limit: 1, maxBytes: 1 })).chunks;
      assert.deepEqual(last?.events, JSON.stringify([large]), "also of a row that is kept compressed");
    });

    storeTest(fixture, "also of those that have ended or are gone, and of many at once", async ({ join, store }) => {
      const hand = await join();
      const ids = Array.from({ length: 300 }, (_, index) => `i${index}`);
      const nos = await hand.own(...ids, "ended", "purged");
      const next = (no: InstanceNo) => update(no, 1, { generation: 1, input: null });
      await hand.commit({ history: nos.map((no) => append(no, 0, 1, "[1]")), updates: nos.map((no) => update(no, 0)) });
      await hand.commit({ history: nos.map((no) => append(no, 0, 1, "[2]", { generation: 1 })), updates: nos.map(next) });
      const [ended, purged] = nos.slice(-2);
      await hand.commit({ updates: [ended, purged].map((no) => ({ ...ending(no!, 2), generation: 1 })) });
      await store.purge({ instanceId: id("purged") });
      assert.deepEqual(await store.sweep(), { ...NOTHING_SWEPT, pastHistory: 301 });
      const { history } = await store.dump();
      assert.deepEqual([history.length, history.every(({ generation }) => generation === 1)], [301, true]);
    });
  });
}
