import assert from "node:assert/strict";
import { describe } from "node:test";
import type { InstanceNo } from "../../model/ids.ts";
import type { StoreFixture } from "./fixture.ts";
import type { Bench } from "./hub.ts";
import { event, id, keysOf, NAME, NO_WORKER, spec, stopReason, storeTest, update } from "./hub.ts";

/** Instances whose last owners died while they had work to do. */
export function suspectsSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: suspects`, () => {
    /** Instances that were busy when each of `deaths` owners died, in order of `ids`. Their version is then 2 * deaths - 1. */
    const orphan = async ({ join, store, clock }: Bench, deaths: number, ...ids: readonly string[]) => {
      let owner = await join();
      const nos = await owner.own(...ids);
      for (let death = 1; ; death++) {
        await owner.die(clock);
        assert.equal((await store.takeOver({ dead: owner.worker, limit: 1_000 })).done, true);
        if (death === deaths) return nos;
        owner = await join();
        const rooms = death === 1 ? [] : [...Array.from({ length: death - 2 }, () => 0), 1_000];
        assert.equal((await owner.claim(1_000, rooms)).length, ids.length);
      }
    };

    storeTest(fixture, "the first death makes nothing a suspect, the second does", async (bench) => {
      const { join, row } = bench;
      const nos = await orphan(bench, 1, "a", "b", "c");
      const hand = await join();
      const claimed = await hand.claim(10, []);
      assert.deepEqual(claimed.map(({ no }) => no).sort(), [...nos].sort());
      assert.equal((await row("a")).crashes, 1);
      await hand.die(bench.clock);
      await bench.store.takeOver({ dead: hand.worker, limit: 10 });
      assert.deepEqual(await (await join()).claim(10, []), []);
      assert.equal((await row("a")).crashes, 2);
    });

    storeTest(fixture, "as many as there is room for, beside all others; none when none is asked for", async (bench) => {
      const { store, join } = bench;
      const suspects = await orphan(bench, 2, "a", "b", "c", "d");
      for (const name of ["x", "y"]) await store.start({ start: spec(name), onExisting: "error" });
      const hand = await join();
      const claim = { limit: 100, keys: keysOf({ orchestrator: [NAME] }).instances };
      const without = await hand.commit({ claim: { ...claim, limit: 1, suspects: [] } });
      assert.deepEqual([without.claimed.length, without.claimedSuspect], [1, false]);
      const first = await hand.commit({ claim: { ...claim, suspects: [2] } });
      assert.deepEqual([first.claimed.length, first.claimedSuspect], [3, true], "the other one, and two of them");
      const second = await hand.commit({ claim: { ...claim, limit: 1, suspects: [2] } });
      const none = [await hand.claim(0), await hand.claim(100, [0, 1])];
      const last = await hand.claim(100, [5]);
      assert.deepEqual([second.claimed.length, none, last.length, (await hand.claim()).length], [1, [[], []], 1, 0]);
      const nos = [...first.claimed, ...second.claimed, ...last].map(({ no }) => no);
      assert.deepEqual(
        suspects.map((no) => nos.includes(no)),
        [true, true, true, true],
      );
    });

    storeTest(fixture, "of one suspicion at a time: the least for which there is room", async (bench) => {
      const { join } = bench;
      const most = await orphan(bench, 5, "most");
      const more = await orphan(bench, 3, "more-1", "more-2", "more-3");
      const less = await orphan(bench, 2, "less-1", "less-2", "less-3");
      const hand = await join();
      const claim = async (suspects: readonly number[]) => (await hand.claim(100, suspects)).map(({ no }) => no).sort((a, b) => a - b);
      assert.deepEqual(await claim([2, 1]), less.slice(0, 2));
      assert.deepEqual(await claim([0, 2]), more.slice(0, 2), "no room for the others");
      assert.deepEqual(await claim([2, 1]), less.slice(2));
      assert.deepEqual(await claim([2, 1]), more.slice(2), "the last room is for all above too, the least suspicious first");
      assert.deepEqual(await claim([2, 1]), most);
    });

    storeTest(fixture, "within the limit, and before those that came earlier: neither waits for the other", async (bench) => {
      const { store, join, clock } = bench;
      const [suspect] = await orphan(bench, 2, "suspect");
      const hand = await join();
      await hand.claim();
      await hand.commit({ releases: [{ no: suspect!, version: 4, nextWake: clock.now + 10, asReady: false }] });
      for (let n = 0; n < 5; n++) await store.start({ start: spec(`early-${n}`), onExisting: "error" });
      clock.now += 11;
      const claimed = await hand.claim(3);
      assert.equal(claimed.length, 3);
      assert.ok(claimed.some(({ no }) => no === suspect));
    });

    storeTest(fixture, "soonest first, and nothing before its time", async (bench) => {
      const { join, clock } = bench;
      const [late, soon, sleeping] = await orphan(bench, 2, "late", "soon", "sleeping");
      const hand = await join();
      const releases = [
        { no: late!, version: 4, nextWake: clock.now + 20, asReady: false },
        { no: soon!, version: 4, nextWake: clock.now + 10, asReady: false },
        { no: sleeping!, version: 4, nextWake: clock.now + 3_600_000, asReady: false },
      ];
      assert.equal((await hand.claim(10, [10])).length, 3);
      await hand.commit({ releases });
      clock.now += 100;
      const order: InstanceNo[] = [];
      for (let n = 0; n < 3; n++) order.push(...(await hand.claim()).map(({ no }) => no));
      assert.deepEqual(order, [soon, late]);
    });

    storeTest(fixture, "a committed episode sets the crash count back, in the row and for the next claim", async (bench) => {
      const { join, row } = bench;
      const [no] = await orphan(bench, 2, "i");
      const hand = await join();
      assert.deepEqual(await hand.claim(), [{ no, version: 4 }]);
      assert.equal((await row("i")).crashes, 2);
      const releases = [{ no: no!, version: 5, nextWake: "now" as const, asReady: true }];
      await hand.commit({ updates: [update(no!, 4, { nextWake: "now" })], releases });
      assert.equal((await row("i")).crashes, 0);
      assert.deepEqual(await hand.claim(100, []), [{ no, version: 7 }]);
    });

    storeTest(fixture, "a release alone does not, nor does mail or a stop", async (bench) => {
      const { store, join, row } = bench;
      const [no] = await orphan(bench, 2, "i");
      const hand = await join();
      await hand.claim();
      await hand.commit({ releases: [{ no: no!, version: 4, nextWake: null, asReady: false }] });
      await store.deliver({ instanceId: id("i"), message: event("e") });
      assert.deepEqual(await hand.claim(100, []), []);
      assert.equal((await hand.claim()).length, 1);
      await hand.commit({ stops: [{ no: no!, version: 6, reason: stopReason(), crashes: null }] });
      await store.deliver({ instanceId: id("i"), message: { kind: "resume", ts: 1, reason: null } });
      assert.deepEqual(await hand.claim(100, []), []);
      assert.equal((await hand.claim()).length, 1);
      assert.equal((await row("i")).crashes, 2);
    });

    storeTest(fixture, "nextWake tells of them apart", async (bench) => {
      const { store, join, clock } = bench;
      await orphan(bench, 2, "a", "b");
      const freedAt = clock.now;
      const [first] = await orphan(bench, 1, "first");
      assert.deepEqual(
        (await (await join()).claim(10, [])).map(({ no }) => no),
        [first],
      );
      const laterAt = clock.now + 900;
      await store.start({ start: spec("later", { startAt: laterAt }), onExisting: "error" });
      const ask = () => store.look({ worker: NO_WORKER, keys: keysOf({ orchestrator: [NAME] }) });
      const { instanceAt, suspectAt } = await ask();
      assert.deepEqual([instanceAt, suspectAt], [laterAt, freedAt]);
      const hand = await join();
      await hand.claim();
      assert.equal((await ask()).suspectAt, freedAt);
      await hand.claim();
      assert.equal((await ask()).suspectAt, null);
      assert.equal((await store.look({ worker: NO_WORKER, keys: keysOf({ orchestrator: ["absent"] }) })).suspectAt, null);
    });
  });
}
