import assert from "node:assert/strict";
import { describe } from "node:test";
import type { InstanceNo } from "../../model/ids.ts";
import { executionId, instanceNo } from "../../model/ids.ts";
import type { InstanceUpdate } from "../../store/commit.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { append, birth, ending, event, id, keysOf, NAME, refused, spec, stopReason, storeTest, toId, toNo, update } from "./hub.ts";

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

  describe(`${fixture.name}: release and stop`, () => {
    storeTest(fixture, "released by its next wake: dormant, waiting or ready", async ({ join, row, clock, store }) => {
      const hand = await join();
      const [dormant, waiting, due, unfinished] = await hand.own("dormant", "waiting", "due", "unfinished");
      clock.now += 100;
      const receipt = await hand.commit({
        releases: [
          { no: dormant!, version: 0, nextWake: null, asReady: false },
          { no: waiting!, version: 0, nextWake: clock.now + 500, asReady: false },
          { no: due!, version: 0, nextWake: clock.now - 50, asReady: false },
          { no: unfinished!, version: 0, nextWake: "now", asReady: false },
        ],
      });
      assert.deepEqual(receipt.released, [dormant, waiting, due, unfinished]);
      assert.equal(receipt.madeReady, true);
      const wakes = [await row("dormant"), await row("waiting"), await row("due"), await row("unfinished")].map(({ wakeAt }) => wakeAt);
      assert.deepEqual(wakes, [null, clock.now + 500, clock.now, clock.now]);
      assert.deepEqual(await store.readOwned(hand.worker), []);
      assert.equal((await hand.commit({ releases: [] })).madeReady, false);
    });

    storeTest(fixture, "not put to sleep over mail; handed over with it", async ({ join, row, store }) => {
      const hand = await join();
      const [a, b] = await hand.own("a", "b");
      await store.deliver({ instanceId: id("a"), message: event("e") });
      await store.deliver({ instanceId: id("b"), message: event("e") });
      const releases = [
        { no: a!, version: 0, nextWake: null, asReady: false },
        { no: b!, version: 0, nextWake: null, asReady: true },
      ];
      assert.deepEqual((await hand.commit({ releases })).released, [b]);
      assert.equal((await row("a")).owner, hand.worker);
      assert.notEqual((await row("b")).wakeAt, null);
      const [claimed] = await hand.claim();
      assert.equal(claimed?.no, b);
      assert.deepEqual(
        (await hand.mail()).map(({ no }) => no),
        [a, b],
      );
    });

    storeTest(fixture, "mail of the same batch keeps it too", async ({ join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const parts = { messages: [toNo(no!, event("e"))], releases: [{ no: no!, version: 0, nextWake: null, asReady: false }] };
      assert.deepEqual((await hand.commit(parts)).released, []);
    });

    storeTest(fixture, "a release of what is not owned at that version is refused", async ({ join, store }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const batch = hand.batch({ releases: [{ no: no!, version: 3, nextWake: null, asReady: false }] });
      assert.deepEqual((await refused(store.commit(batch), "notOwned")).nos, [no]);
    });

    storeTest(fixture, "updated and released in one batch", async ({ join, row }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const releases = [{ no: no!, version: 1, nextWake: START_OF_TIME + 777, asReady: false }];
      assert.deepEqual((await hand.commit({ updates: [update(no!, 0)], releases })).released, [no]);
      const { wakeAt, nextWake, owner } = await row("i");
      assert.deepEqual([wakeAt, nextWake, owner], [START_OF_TIME + 777, START_OF_TIME + 777, null]);
    });

    storeTest(fixture, "stopped: mail gathers and does not wake it, an operator's word does", async ({ join, row, store }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      await store.deliver({ instanceId: id("i"), message: event("before") });
      const receipt = await hand.commit({ stops: [{ no: no!, version: 0, reason: stopReason(), crashes: null }] });
      assert.deepEqual(receipt.stoppedNos, [no]);
      assert.deepEqual((await row("i")).stopped, stopReason());
      await store.deliver({ instanceId: id("i"), message: event("after") });
      const sent = await hand.commit({ messages: [toId("i", event("another"))] });
      assert.deepEqual([sent.undelivered, sent.madeReady], [[], false]);
      assert.deepEqual(await hand.claim(), []);
      await store.deliver({ instanceId: id("i"), message: { kind: "terminate", ts: START_OF_TIME, reason: null } });
      assert.equal((await row("i")).stopped, null);
      const [claimed] = await hand.claim();
      assert.equal(claimed?.no, no);
      assert.equal((await store.load([no!]))[0]?.inbox.length, 4);
    });

    storeTest(fixture, "not stopped over an operator's word", async ({ join, row, store }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      await store.deliver({ instanceId: id("i"), message: { kind: "resume", ts: START_OF_TIME, reason: null } });
      const receipt = await hand.commit({ stops: [{ no: no!, version: 0, reason: stopReason(), crashes: null }] });
      assert.deepEqual(receipt.stoppedNos, []);
      assert.equal((await row("i")).owner, hand.worker);
    });

    storeTest(fixture, "stopped ones come back for other code, or by hand", async ({ join, row, store }) => {
      const hand = await join();
      const [curable, stubborn] = await hand.own("curable", "stubborn");
      const stops = [
        { no: curable!, version: 0, reason: stopReason(), crashes: null },
        { no: stubborn!, version: 0, reason: stopReason(START_OF_TIME, false), crashes: null },
      ];
      await hand.commit({ stops });
      assert.equal(await store.resumeForCode({ keys: keysOf({ orchestrator: ["somethingElse"] }).instances, codeVersion: "v1" }), 0);
      assert.equal(await store.resumeForCode({ keys: keysOf({ orchestrator: [NAME.toUpperCase()] }).instances, codeVersion: "v1" }), 1);
      assert.equal((await row("curable")).stopped, null);
      assert.equal(await store.resumeStopped(id("curable")), false);
      assert.equal(await store.resumeStopped(id("stubborn")), true);
      assert.equal(await store.resumeStopped(id("unknown")), false);
      assert.equal((await hand.claim()).length, 2);
    });

    storeTest(
      fixture,
      "one stopped as poison comes back for code of another version, or by hand, with the crashes that it was given",
      async ({ join, row, store }) => {
        const hand = await join();
        const [no] = await hand.own("i");
        const reason = { ...stopReason(), code: "INSTANCE_POISON", codeVersions: ["v1", "v2"] };
        await hand.commit({ stops: [{ no: no!, version: 0, reason, crashes: 4 }] });
        assert.deepEqual([(await row("i")).stopped, (await row("i")).crashes], [reason, 4]);
        for (const codeVersion of ["v1", "v2", null])
          assert.equal(await store.resumeForCode({ keys: keysOf({ orchestrator: [NAME] }).instances, codeVersion }), 0);
        assert.equal(await store.resumeForCode({ keys: keysOf({ orchestrator: [NAME] }).instances, codeVersion: "v3" }), 1);
        const resumed = await row("i");
        assert.deepEqual(
          [resumed.stopped, resumed.crashes, resumed.poisonCodeVersions],
          [null, 4, ["v1", "v2", "v3"]],
          "one try for each version",
        );
        assert.deepEqual(await hand.claim(10, []), [], "and it is a suspect");
        assert.equal((await hand.claim(10, [0, 1])).length, 1);
        await hand.commit({ stops: [{ no: no!, version: 2, reason, crashes: null }] });
        assert.equal((await row("i")).crashes, 4);
        await store.deliver({ instanceId: id("i"), message: { kind: "resume", ts: START_OF_TIME, reason: null } });
        assert.equal((await row("i")).stopped, null);
        await hand.claim(10, [0, 1]);
      },
    );
  });
}
