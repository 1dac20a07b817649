import assert from "node:assert/strict";
import { describe } from "node:test";
import type { InstanceNo } from "../../model/ids.ts";
import type { StoreFixture } from "./fixture.ts";
import type { Bench } from "./hub.ts";
import { event, id, NAME, NOBODY, spec, stopReason, storeTest, update } from "./hub.ts";

/** Instances whose last owner died with their work in hand (`crashes` >= 1). */
export function suspectsSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: suspects`, () => {
    /** Instances that were busy when their owner died, in order of `ids`. */
    const orphan = async ({ join, store, clock }: Bench, ...ids: readonly string[]) => {
      const dead = await join();
      const nos = await dead.own(...ids);
      await dead.die(clock);
      assert.equal((await store.takeOver({ dead: dead.worker, limit: 1_000 })).done, true);
      return nos;
    };

    storeTest(fixture, "one at a time, beside all others; none when none is asked for", async (bench) => {
      const { store, join } = bench;
      const suspects = await orphan(bench, "a", "b", "c");
      for (const name of ["x", "y"]) await store.start({ start: spec(name), onExisting: "error" });
      const hand = await join();
      const claim = { limit: 100, orchestrators: [NAME], suspects: false };
      const without = await hand.commit({ claim: { ...claim, limit: 1 } });
      assert.deepEqual([without.claimed.length, without.claimedSuspect], [1, false]);
      const first = await hand.commit({ claim: { ...claim, suspects: true } });
      assert.deepEqual([first.claimed.length, first.claimedSuspect], [2, true], "the other one, and one of them");
      const second = await hand.commit({ claim: { ...claim, limit: 1, suspects: true } });
      const last = await hand.claim(0);
      const third = await hand.claim();
      assert.deepEqual([second.claimed.length, last.length, third.length, (await hand.claim()).length], [1, 0, 1, 0]);
      const nos = [...first.claimed, ...second.claimed, ...third].map(({ no }) => no);
      assert.deepEqual(
        suspects.map((no) => nos.includes(no)),
        [true, true, true],
      );
    });

    storeTest(fixture, "within the limit, and before those that came earlier: neither waits for the other", async (bench) => {
      const { store, join, clock } = bench;
      for (let n = 0; n < 5; n++) await store.start({ start: spec(`early-${n}`), onExisting: "error" });
      const [suspect] = await orphan(bench, "suspect");
      clock.now += 1;
      const hand = await join();
      const claimed = await hand.claim(3);
      assert.equal(claimed.length, 3);
      assert.ok(claimed.some(({ no }) => no === suspect));
    });

    storeTest(fixture, "with the fewest crashes first, then soonest, and nothing before its time", async (bench) => {
      const { store, join, clock } = bench;
      const [guilty] = await orphan(bench, "guilty");
      const victim = await join();
      await victim.claim();
      await victim.die(clock);
      await store.takeOver({ dead: victim.worker, limit: 10 });
      const [late, soon, sleeping] = await orphan(bench, "late", "soon", "sleeping");
      const hand = await join();
      const releases = [
        { no: late!, version: 2, nextWake: clock.now + 20, asReady: false },
        { no: soon!, version: 2, nextWake: clock.now + 10, asReady: false },
        { no: sleeping!, version: 2, nextWake: clock.now + 3_600_000, asReady: false },
      ];
      const claimed: unknown[] = [];
      for (let n = 0; n < 3; n++) claimed.push(...(await hand.claim()));
      assert.equal(claimed.length, 3);
      await hand.commit({ releases });
      clock.now += 100;
      const order: InstanceNo[] = [];
      for (let n = 0; n < 4; n++) order.push(...(await hand.claim()).map(({ no }) => no));
      assert.deepEqual(order, [soon, late, guilty]);
    });

    storeTest(fixture, "a committed episode acquits, in the row and for the next claim", async (bench) => {
      const { join, row } = bench;
      const [no] = await orphan(bench, "i");
      const hand = await join();
      assert.deepEqual(await hand.claim(), [{ no, version: 2 }]);
      assert.equal((await row("i")).crashes, 1);
      const releases = [{ no: no!, version: 3, nextWake: "now" as const, asReady: true }];
      await hand.commit({ updates: [update(no!, 2, { nextWake: "now" })], releases });
      assert.equal((await row("i")).crashes, 0);
      assert.deepEqual(await hand.claim(100, false), [{ no, version: 5 }]);
    });

    storeTest(fixture, "a release alone does not, nor does mail or a stop", async (bench) => {
      const { store, join, row } = bench;
      const [no] = await orphan(bench, "i");
      const hand = await join();
      await hand.claim();
      await hand.commit({ releases: [{ no: no!, version: 2, nextWake: null, asReady: false }] });
      await store.deliver({ instanceId: id("i"), message: event("e") });
      assert.deepEqual(await hand.claim(100, false), []);
      assert.equal((await hand.claim()).length, 1);
      await hand.commit({ stops: [{ no: no!, version: 4, reason: stopReason() }] });
      await store.resumeStopped(id("i"));
      assert.deepEqual(await hand.claim(100, false), []);
      assert.equal((await hand.claim()).length, 1);
      assert.equal((await row("i")).crashes, 1);
    });

    storeTest(fixture, "nextWake tells of them apart", async (bench) => {
      const { store, join, clock } = bench;
      await orphan(bench, "a", "b");
      const freedAt = clock.now;
      await store.start({ start: spec("later", { startAt: clock.now + 900 }), onExisting: "error" });
      const ask = () => store.look({ worker: NOBODY, orchestrators: [NAME], activities: [] });
      const { instanceAt, suspectAt } = await ask();
      assert.deepEqual([instanceAt, suspectAt], [freedAt + 900, freedAt]);
      const hand = await join();
      await hand.claim();
      assert.equal((await ask()).suspectAt, freedAt);
      await hand.claim();
      assert.equal((await ask()).suspectAt, null);
      assert.equal((await store.look({ worker: NOBODY, orchestrators: ["absent"], activities: [] })).suspectAt, null);
    });
  });
}
