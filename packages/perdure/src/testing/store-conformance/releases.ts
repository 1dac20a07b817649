import assert from "node:assert/strict";
import { describe } from "node:test";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { event, id, keysOf, NAME, refused, stopReason, storeTest, toId, toNo, update } from "./hub.ts";

export function releasesSuite(fixture: StoreFixture): void {
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

    for (const message of [
      { kind: "resume", ts: START_OF_TIME, reason: null },
      { kind: "entityPurge", ts: START_OF_TIME },
    ] as const) {
      storeTest(fixture, `not stopped over an operator's word: ${message.kind}`, async ({ join, row, store }) => {
        const hand = await join();
        const [no] = await hand.own("i");
        await store.deliver({ instanceId: id("i"), message });
        const receipt = await hand.commit({ stops: [{ no: no!, version: 0, reason: stopReason(), crashes: null }] });
        assert.deepEqual(receipt.stoppedNos, []);
        assert.equal((await row("i")).owner, hand.worker);
      });
    }

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
      assert.notEqual((await row("stubborn")).stopped, null);
      await store.deliver({ instanceId: id("stubborn"), message: { kind: "resume", ts: START_OF_TIME, reason: null } });
      assert.equal((await row("stubborn")).stopped, null);
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
