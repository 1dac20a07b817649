import assert from "node:assert/strict";
import { describe } from "node:test";
import { eventId, workerId } from "../../model/ids.ts";
import type { StoreFixture } from "./fixture.ts";
import { append, ending, event, Hand, id, keysOf, LEASE_MS, NO_WORKER, refused, storeTest, toId, update } from "./hub.ts";

export function workersSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: workers and fences`, () => {
    storeTest(fixture, "workers and fences are never given twice", async ({ store, join }) => {
      const first = await join();
      await store.leave(first);
      const second = await join();
      assert.notEqual(second.worker, first.worker);
      assert.notEqual(second.fence, first.fence);
    });

    storeTest(fixture, "a worker's row tells who it is and how long its lease runs", async ({ store, clock }) => {
      const { worker, fence } = await store.join({
        leaseMs: LEASE_MS,
        functions: { orchestrator: ["A"], activity: ["b"], entity: [] },
        host: "here 42",
      });
      const { workers } = await store.readWorkers();
      const expected = {
        worker,
        fence,
        leaseUntil: clock.now + LEASE_MS,
        renewals: 0,
        functions: { orchestrator: ["A"], activity: ["b"], entity: [] },
      };
      assert.deepEqual(workers, [{ ...expected, host: "here 42", load: null, provenDead: false, diedAt: null }]);
    });

    storeTest(fixture, "renewing counts and prolongs", async ({ store, clock, join }) => {
      const { worker, fence } = await join();
      clock.now += 3_000;
      assert.deepEqual(await store.renew({ worker, fence, leaseMs: LEASE_MS }), { now: clock.now });
      const { workers } = await store.readWorkers();
      assert.equal(workers[0]?.renewals, 1);
      assert.equal(workers[0]?.leaseUntil, clock.now + LEASE_MS);
    });

    storeTest(fixture, "a renewal may change what the worker can run; one without leaves it as it was", async ({ store, join }) => {
      const { worker, fence } = await join();
      const functions = { orchestrator: ["New"], activity: [], entity: [] };
      await store.renew({ worker, fence, leaseMs: LEASE_MS, functions });
      await store.renew({ worker, fence, leaseMs: LEASE_MS });
      const { workers } = await store.readWorkers();
      assert.deepEqual(workers.find((row) => row.worker === worker)?.functions, functions);
    });

    storeTest(fixture, "a renewal carries the worker's load; one without it leaves it as it was", async ({ store, join }) => {
      const [{ worker, fence }, other] = [await join(), await join()];
      const held = { instanceId: id("i"), eventId: eventId(3), isHolder: true, at: "loop (/app/index.ts:3)" };
      const load = { busy: 12, owned: 300, maxOwned: 20_000, activities: 7, maxActivities: 1_000, held: [held] };
      await store.renew({ worker, fence, leaseMs: LEASE_MS, load });
      const loads = async () => (await store.readWorkers()).workers.map((row) => [row.worker, row.load]);
      const expected = [
        [worker, load],
        [other.worker, null],
      ];
      assert.deepEqual(await loads(), expected);
      await store.renew({ worker, fence, leaseMs: LEASE_MS });
      assert.deepEqual(await loads(), expected);
      await store.renew({ worker, fence, leaseMs: LEASE_MS, load: { ...load, busy: 0 } });
      assert.deepEqual((await store.readWorkers()).workers[0]?.load, { ...load, busy: 0 });
    });

    storeTest(fixture, "a stale fence writes nothing", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const stale = hand.fence;
      hand.fence = (await store.refence({ worker: hand.worker, fence: hand.fence, token: "new" })).fence;
      await refused(store.commit({ ...hand.batch({ updates: [update(no!, 0)] }), fence: stale }), "fenced");
      await refused(store.renew({ worker: hand.worker, fence: stale, leaseMs: LEASE_MS }), "fenced");
      await refused(store.refence({ worker: hand.worker, fence: stale, token: "of another" }), "fenced");
      await refused(store.leave({ worker: hand.worker, fence: stale }), "fenced");
      assert.deepEqual(await store.readOwned(hand.worker), [{ no, version: 0 }]);
    });

    storeTest(fixture, "a new fence shuts out a commit that has not begun; its marker says so", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const late = hand.batch({ updates: [update(no!, 0)] });
      hand.fence = (await store.refence({ worker: hand.worker, fence: hand.fence, token: "new" })).fence;
      assert.equal(await store.readMarker(late), null);
      await refused(store.commit(late), "fenced");
      await store.commit({ ...late, fence: hand.fence });
      assert.equal((await store.readMarker(late))?.token, late.token);
    });

    storeTest(
      fixture,
      "who asks again for a new fence, with its token, is given another one; a clone of it is not",
      async ({ store, join }) => {
        const { worker, fence } = await join();
        const first = await store.refence({ worker, fence, token: "mine" });
        const second = await store.refence({ worker, fence, token: "mine" });
        assert.notEqual(second.fence, first.fence);
        await refused(store.refence({ worker, fence, token: "of the clone" }), "fenced");
        await refused(store.renew({ worker, fence: first.fence, leaseMs: LEASE_MS }), "fenced");
        await store.renew({ worker, fence: second.fence, leaseMs: LEASE_MS });
        await store.leave({ worker, fence: second.fence });
        await refused(store.refence({ worker, fence, token: "mine" }), "fenced");
      },
    );

    storeTest(fixture, "a dead worker is given no new fence, whatever its token", async ({ store, clock, join }) => {
      const { worker, fence } = await join();
      const fresh = await store.refence({ worker, fence, token: "mine" });
      clock.now += LEASE_MS + 1;
      assert.equal(await store.declareDead({ worker, fence: fresh.fence, renewals: 0 }), true);
      await refused(store.refence({ worker, fence, token: "mine" }), "fenced");
    });

    storeTest(fixture, "the marker gives back the receipt", async ({ store, join }) => {
      const hand = await join();
      await hand.own("i");
      const batch = hand.batch({ messages: [toId("i", event("a")), toId("nobody", event("a"))] });
      const receipt = await store.commit(batch);
      assert.deepEqual(await store.readMarker(batch), { token: batch.token, receipt });
      const plain = hand.batch({});
      assert.deepEqual(await store.commit(plain), (await store.readMarker(plain))?.receipt);
    });

    storeTest(fixture, "a number of a batch that another token holds: the process was cloned", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const batch = hand.batch({ updates: [update(no!, 0)] });
      await store.commit(batch);
      await refused(store.commit({ ...batch, token: "of the clone" }), "markerTaken");
      await refused(store.commit(batch), "unknown");
    });

    storeTest(fixture, "a batch that follows one which is not there: the store has moved back", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const first = hand.n;
      await hand.commit({ follows: first, history: [append(no!, 0, 1, "[1]")], updates: [update(no!, 0)] });
      const lost = hand.batch({ follows: first + 7, updates: [update(no!, 1)] });
      await refused(store.commit(lost), "movedBack");
      assert.equal(await store.readMarker(lost), null);
      const later = hand.batch({ follows: first + 1, updates: [update(no!, 1)] });
      assert.equal((await store.commit(later)).notStarted.length, 0, "numbers in between may have been refused");
    });

    storeTest(fixture, "death needs the fence and the renewals as seen, and a lease that is over", async ({ store, clock, join }) => {
      const { worker, fence } = await join();
      const seen = { worker, fence, renewals: 0 };
      assert.equal(await store.declareDead(seen), false, "its lease runs");
      await store.renew({ worker, fence, leaseMs: LEASE_MS });
      clock.now += LEASE_MS + 1;
      assert.equal(await store.declareDead(seen), false, "it has renewed since");
      assert.equal(await store.declareDead({ ...seen, renewals: 1 }), true);
      assert.equal(await store.declareDead({ ...seen, renewals: 1 }), false, "once");
      await refused(store.renew({ worker, fence, leaseMs: LEASE_MS }), "fenced");
      const { workers } = await store.readWorkers();
      assert.deepEqual([workers[0]?.fence, workers[0]?.diedAt], [null, clock.now]);
    });

    storeTest(fixture, "the marker of a dead worker's last batch can still be read", async ({ store, clock, join }) => {
      const hand = await join();
      const batch = hand.batch({});
      await store.commit(batch);
      await hand.die(clock);
      await store.takeOver({ dead: hand.worker, limit: 10 });
      await store.sweep();
      assert.equal((await store.readMarker(batch))?.token, batch.token);
    });

    storeTest(fixture, "who leaves hands over what is left without counting a crash", async ({ store, join, row }) => {
      const hand = await join();
      const [no] = await hand.own("busy");
      await hand.commit({ updates: [update(no!, 0, { nextWake: "now" })] });
      await store.leave(hand);
      const { owner, crashes, wakeAt } = await row("busy");
      assert.deepEqual([owner, crashes], [null, 0]);
      assert.notEqual(wakeAt, null);
      assert.deepEqual((await store.readWorkers()).workers, []);
    });

    storeTest(fixture, "numbers are never given twice", async ({ store }) => {
      const blocks = await Promise.all([store.reserveNumbers(1_000), store.reserveNumbers(1), store.reserveNumbers(500)]);
      const all = new Set(blocks.flatMap(({ first, count }) => Array.from({ length: count }, (_, index) => first + index)));
      assert.equal(all.size, 1_501);
    });

    storeTest(fixture, "store time does not fall when the clock steps back", async ({ store, clock, join }) => {
      const hand = await join();
      clock.now += 1_000;
      const before = (await hand.commit({})).now;
      assert.equal(before, clock.now);
      clock.now -= 60_000;
      assert.ok((await hand.commit({})).now >= before);
      assert.ok((await store.readWorkers()).now >= before);
      assert.ok((await store.look({ worker: NO_WORKER, keys: keysOf({}) })).now >= before);
      clock.now += 120_000;
      assert.equal((await hand.commit({})).now, clock.now);
    });

    storeTest(fixture, "taking over an unknown worker is done at once", async ({ store }) => {
      assert.deepEqual(await store.takeOver({ dead: workerId(999), limit: 10 }), { freed: 0, done: true });
    });

    storeTest(fixture, "taking over a live worker is an error", async ({ store, join }) => {
      const hand = await join();
      await assert.rejects(store.takeOver({ dead: hand.worker, limit: 10 }), /is not dead/);
    });

    storeTest(fixture, "others hear of what concerns them", async ({ store, join }) => {
      let calls = 0;
      const stop = store.onForeignChange(() => {
        calls += 1;
      });
      const [sender, owner] = [await join(), await Hand.join(store, {})];
      await owner.own("theirs");
      await sender.commit({ messages: [toId("theirs", event("a"))] });
      await new Promise<void>((done) => setImmediate(done));
      assert.ok(calls > 0);
      stop();
      const heard = calls;
      await sender.commit({ messages: [toId("theirs", event("b"))] });
      await new Promise<void>((done) => setImmediate(done));
      assert.equal(calls, heard);
    });

    storeTest(fixture, "who waits hears which instances have ended", async ({ store, join }) => {
      const heard: (readonly string[] | null)[] = [];
      const stop = store.onEnds((ended) => heard.push(ended));
      const hand = await join();
      const [no] = await hand.own("i", "j");
      const end = { updates: [ending(no!, 0)], ended: [id("i")] };
      await hand.commit(end);
      assert.deepEqual(
        heard.filter((ended) => ended !== null),
        [["i"]],
      );
      stop();
      const count = heard.length;
      await hand.commit({ ended: [id("j")] });
      assert.equal(heard.length, count);
    });
  });
}
