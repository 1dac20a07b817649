import assert from "node:assert/strict";
import { describe } from "node:test";
import type { InstanceNo } from "../../model/ids.ts";
import { executionId, instanceNo } from "../../model/ids.ts";
import type { InstanceUpdate } from "../../store/commit.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { append, birth, ending, event, id, NAME, refused, spec, storeTest, toNo, update } from "./hub.ts";

export function episodesSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: episodes`, () => {
    storeTest(fixture, "a new instance, its first episode and its end", async ({ join, row, store, clock }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const fresh = await row("i");
      assert.deepEqual(fresh, {
        no,
        instanceId: "i",
        name: NAME,
        executionId: "run of i",
        startId: "run of i",
        generation: 0,
        version: 0,
        owner: hand.worker,
        wakeAt: null,
        nextWake: START_OF_TIME,
        crashes: 0,
        stopped: null,
        poisonCodeVersions: [],
        status: "Pending",
        customStatus: null,
        input: '{"order":7}',
        output: null,
        orchestrationVersion: null,
        tags: null,
        parent: null,
        startAt: null,
        createdAt: START_OF_TIME,
        updatedAt: START_OF_TIME,
        completedAt: null,
      });
      const running = update(no!, 0, { customStatus: '"half"', nextWake: START_OF_TIME + 9, updatedAt: START_OF_TIME + 1 });
      await hand.commit({ history: [append(no!, 0, 2, "[1,2]")], updates: [running] });
      const middle = { ...fresh, version: 1, executionId: "run", status: "Running", customStatus: '"half"', nextWake: START_OF_TIME + 9 };
      assert.deepEqual(await row("i"), { ...middle, updatedAt: START_OF_TIME + 1 });
      clock.now += 5;
      await hand.commit({ history: [append(no!, 2, 1, "[3]")], updates: [ending(no!, 1)] });
      const end = { owner: null, wakeAt: null, nextWake: null, status: "Completed", output: '"done"', completedAt: START_OF_TIME + 5 };
      assert.deepEqual(await row("i"), { ...middle, ...end, version: 2, customStatus: null });
      assert.deepEqual(await store.readHistory(id("i")), [
        { generation: 0, firstSeq: 0, count: 2, events: "[1,2]" },
        { generation: 0, firstSeq: 2, count: 1, events: "[3]" },
      ]);
    });

    storeTest(fixture, "a row that keeps everything a start says", async ({ store, row }) => {
      const parent = { no: instanceNo(3), instanceId: id("p"), name: "P", generation: 2, taskId: 4 as never };
      const tags = { team: "blå", "": "x" };
      await store.start({
        start: spec("i", { parent, tags, version: "2.1", startAt: START_OF_TIME + 50, input: null }),
        onExisting: "error",
      });
      const { input, orchestrationVersion, startAt, wakeAt, ...rest } = await row("i");
      assert.deepEqual([rest.parent, rest.tags], [parent, tags]);
      assert.deepEqual([input, orchestrationVersion, startAt, wakeAt], [null, "2.1", START_OF_TIME + 50, START_OF_TIME + 50]);
    });

    storeTest(fixture, "an episode zeroes the crashes", async ({ join, clock, row, store }) => {
      const first = await join();
      const [no] = await first.own("i");
      await first.die(clock);
      await store.takeOver({ dead: first.worker, limit: 10 });
      const second = await join();
      const [claimed] = await second.claim();
      assert.equal((await row("i")).crashes, 1);
      await second.commit({ updates: [update(no!, claimed!.version)] });
      assert.equal((await row("i")).crashes, 0);
    });

    storeTest(fixture, "a wrong version or owner refuses the whole batch and names the numbers", async ({ join, row, store }) => {
      const [hand, other] = [await join(), await join()];
      const [good, stale] = await hand.own("good", "stale");
      const [foreign] = await other.own("foreign");
      const [unborn] = await hand.numbers(1);
      const history = [append(good!, 0, 1, "[1]")];
      const updates = [update(good!, 0), update(stale!, 7), update(foreign!, 0)];
      const creates = [birth(unborn!, "unborn")];
      const messages = [toNo(foreign!, event("e"))];
      const batch = hand.batch({ history, updates, creates, messages });
      const refusal = await refused(store.commit(batch), "notOwned");
      assert.deepEqual([...refusal.nos].sort(), [stale, foreign].sort());
      assert.equal(refusal.missing, false);
      assert.deepEqual([(await row("good")).version, (await row("foreign")).version], [0, 0]);
      assert.deepEqual(await store.readHistory(id("good")), []);
      assert.equal(await store.getInstance(id("unborn")), null);
      assert.deepEqual(await other.mail(), []);
      assert.equal(await store.readMarker(batch), null);
    });

    storeTest(
      fixture,
      "an episode that leaves its row alone is a history row, and the time of the last change",
      async ({ join, row, store }) => {
        const hand = await join();
        const [no, other] = await hand.own("i", "other");
        await hand.commit({ history: [append(no!, 0, 1, "[1]")], updates: [update(no!, 0, { customStatus: '"half"', nextWake: "now" })] });
        const before = await row("i");
        const at = START_OF_TIME + 70;
        await hand.commit({ history: [append(no!, 1, 2, "[2,3]", { expectedVersion: 1, at })] });
        const changed = { ...before, updatedAt: at };
        assert.deepEqual(await row("i"), changed);
        assert.deepEqual((await store.load([no!]))[0]?.row, changed);
        const all = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null, limit: 10, continuation: null };
        for (const query of [all, { ...all, idPrefix: "i" }]) assert.deepEqual((await store.query(query)).rows[0], changed);
        assert.deepEqual((await store.dump()).instances[0], changed);
        assert.equal((await row("other")).updatedAt, START_OF_TIME);
        assert.deepEqual(await store.readOwned(hand.worker), [
          { no, version: 1 },
          { no: other, version: 0 },
        ]);
        assert.equal((await store.readHistory(id("i"))).length, 2);
        await hand.commit({ history: [append(no!, 3, 1, "[4]", { at: at + 1 })], updates: [ending(no!, 1)] });
        assert.deepEqual([(await row("i")).version, (await row("i")).updatedAt], [2, START_OF_TIME]);
      },
    );

    storeTest(fixture, "a history row of what is not owned at that version refuses the whole batch", async ({ join, row, store }) => {
      const [hand, other] = [await join(), await join()];
      const [good, stale, done] = await hand.own("good", "stale", "done");
      const [foreign] = await other.own("foreign");
      const [never] = await hand.numbers(1);
      await hand.commit({ updates: [ending(done!, 0)] });
      const history = [good!, stale!, foreign!, done!].map((no) => append(no, 0, 1, "[1]", { expectedVersion: no === stale ? 7 : 0 }));
      const refusal = await refused(store.commit(hand.batch({ history })), "notOwned");
      assert.deepEqual([[...refusal.nos].sort(), refusal.missing], [[stale, done, foreign].sort(), false]);
      assert.deepEqual(await store.readHistory(id("good")), []);
      assert.equal((await row("good")).updatedAt, START_OF_TIME);
      const gone = await refused(store.commit(hand.batch({ history: [append(never!, 0, 1, "[1]", { expectedVersion: 0 })] })), "notOwned");
      assert.deepEqual([gone.nos, gone.missing], [[never], true]);
    });

    storeTest(fixture, "a place in a history is written once", async ({ join, store }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const again = append(no!, 0, 1, "[1]", { expectedVersion: 0 });
      await hand.commit({ history: [again] });
      const refusal = await refused(store.commit(hand.batch({ history: [again] })), "notOwned");
      assert.deepEqual([refusal.nos, refusal.missing], [[no], false]);
      const beside = hand.batch({ history: [{ ...again, expectedVersion: null }], updates: [update(no!, 0)] });
      await refused(store.commit(beside), "notOwned");
      assert.deepEqual(await store.readHistory(id("i")), [{ generation: 0, firstSeq: 0, count: 1, events: "[1]" }]);
    });

    storeTest(fixture, "a missing row is told apart", async ({ join, store }) => {
      const hand = await join();
      const [never] = await hand.numbers(1);
      const refusal = await refused(store.commit(hand.batch({ updates: [update(never!, 0)] })), "notOwned");
      assert.deepEqual([refusal.nos, refusal.missing], [[never], true]);
    });

    storeTest(fixture, "an episode of a finished instance is refused", async ({ join, store }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      await hand.commit({ updates: [ending(no!, 0)] });
      await refused(store.commit(hand.batch({ updates: [update(no!, 1)] })), "notOwned");
    });

    storeTest(fixture, "born, run and ended in one batch", async ({ join, row }) => {
      const hand = await join();
      const [no] = await hand.numbers(1);
      const history = [append(no!, 0, 1, "[1]")];
      await hand.commit({ creates: [birth(no!, "i")], history, updates: [ending(no!, 0)] });
      const { status, output, owner, version } = await row("i");
      assert.deepEqual([status, output, owner, version], ["Completed", '"done"', null, 1]);
    });

    storeTest(fixture, "continue-as-new: a new generation with new input, the old history apart", async ({ join, row, store }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      await hand.commit({ history: [append(no!, 0, 2, "[1,2]")], updates: [update(no!, 0)] });
      const again = update(no!, 1, { generation: 1, executionId: executionId("second"), input: '"next"' });
      await hand.commit({ history: [append(no!, 0, 1, "[3]", { generation: 1 })], updates: [again] });
      const { generation, input, executionId: execution } = await row("i");
      assert.deepEqual([generation, input, execution], [1, '"next"', "second"]);
      assert.deepEqual(await store.loadHistory(no!, 1), [{ generation: 1, firstSeq: 0, count: 1, events: "[3]" }]);
      assert.deepEqual(await store.readHistory(id("i")), await store.loadHistory(no!, 1));
      assert.deepEqual((await store.load([no!]))[0]?.history, await store.loadHistory(no!, 1));
      await hand.commit({ updates: [update(no!, 2, { generation: 2, input: null })] });
      assert.equal((await row("i")).input, null);
    });

    storeTest(fixture, "continue-as-new: other version and tags, or as they were", async ({ join, row }) => {
      const hand = await join();
      const nos = await hand.numbers(2);
      const [kept, born] = nos;
      const start = { tags: { team: "a" }, version: "1" };
      await hand.commit({ creates: [birth(kept!, "kept", { start: spec("kept", start) })] });
      const labelsOf = async (name: string) => {
        const { orchestrationVersion, tags, input } = await row(name);
        return [orchestrationVersion, tags, input];
      };
      const next = (no: InstanceNo, at: number, more: Partial<InstanceUpdate>) =>
        update(no, at, { generation: at + 1, executionId: executionId(`x${at}`), input: `"${at}"`, ...more });
      await hand.commit({ updates: [next(kept!, 0, {})] });
      assert.deepEqual(await labelsOf("kept"), ["1", { team: "a" }, '"0"']);
      await hand.commit({ updates: [next(kept!, 1, { labels: { version: "2", tags: { team: "b", "a tag": "ü" } } })] });
      assert.deepEqual(await labelsOf("kept"), ["2", { team: "b", "a tag": "ü" }, '"1"']);
      await hand.commit({ updates: [update(kept!, 2, { generation: 2, executionId: executionId("x1") })] });
      assert.deepEqual(await labelsOf("kept"), ["2", { team: "b", "a tag": "ü" }, '"1"']);
      await hand.commit({ updates: [next(kept!, 3, { labels: { version: null, tags: null } })] });
      assert.deepEqual(await labelsOf("kept"), [null, null, '"3"']);
      const creates = [birth(born!, "born", { start: spec("born", start) })];
      await hand.commit({ creates, updates: [next(born!, 0, { labels: { version: "9", tags: null } })] });
      assert.deepEqual(await labelsOf("born"), ["9", null, '"0"']);
    });

    storeTest(fixture, "load gives everything of many instances, and leaves unknown numbers out", async ({ join, store }) => {
      const hand = await join();
      const nos = await hand.own(...Array.from({ length: 500 }, (_, index) => `i${index}`));
      const history = nos.map((no) => append(no, 0, 1, `[${no}]`));
      await hand.commit({ history, updates: nos.map((no) => update(no, 0)) });
      const messages = [toNo(nos[3]!, event("b")), toNo(nos[3]!, event("a"))];
      await hand.commit({ messages });
      const loaded = await store.load([instanceNo(99_999_999), ...nos]);
      assert.deepEqual(
        loaded.map(({ row }) => row.no),
        nos,
      );
      for (const { row, history: chunks } of loaded)
        assert.deepEqual(chunks, [{ generation: 0, firstSeq: 0, count: 1, events: `[${row.no}]` }]);
      const names = loaded[3]?.inbox.map(({ body }) => JSON.parse(body).name);
      assert.deepEqual([names, loaded[4]?.inbox], [["b", "a"], []]);
      assert.deepEqual(await store.load([]), []);
    });
  });
}
