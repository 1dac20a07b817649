import assert from "node:assert/strict";
import { describe } from "node:test";
import { executionId, instanceNo } from "../../model/ids.ts";
import { payload } from "../../model/payload.ts";
import type { Store } from "../../store/contract.ts";
import type { EndsPlace } from "../../store/ends.ts";
import { MOST_ENDED } from "../../store/limits.ts";
import type { Payloads } from "../../store/queries.ts";
import type { StoreFixture } from "./fixture.ts";
import { birth, ending, id, spec, storeTest, update } from "./hub.ts";

const JSON_X = JSON.stringify("x".repeat(10_000));

/** Asks again and again, as one who waits does. */
class Asker {
  readonly #store: Store;
  #upTo: EndsPlace = { from: 0 };

  private constructor(store: Store) {
    this.#store = store;
  }

  static async of(store: Store): Promise<Asker> {
    const asker = new Asker(store);
    const { ended, upTo } = await store.readEnded(null);
    assert.deepEqual(ended, []);
    asker.#upTo = upTo;
    return asker;
  }

  async ended(): Promise<readonly string[]> {
    const ended: string[] = [];
    for (let more = true; more; ) {
      const answer = await this.#store.readEnded(this.#upTo);
      assert.ok(answer.upTo.from >= this.#upTo.from);
      assert.ok(answer.ended.length <= MOST_ENDED && (answer.ended.length > 0 || !answer.more));
      this.#upTo = answer.upTo;
      more = answer.more;
      ended.push(...answer.ended);
    }
    return ended;
  }
}

export function endsSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: which instances have ended`, () => {
    storeTest(
      fixture,
      "each end is told, also of the millisecond in which it was asked, and none for ever",
      async ({ store, join, clock }) => {
        const hand = await join();
        const nos = await hand.own("early", "i", "j", "live");
        await hand.commit({ updates: [ending(nos[0]!, 0)] });
        clock.now += 10_000;
        await hand.commit({}); // store time may move only with what is written
        const asker = await Asker.of(store);
        await hand.commit({ updates: [ending(nos[1]!, 0)] });
        assert.deepEqual(await asker.ended(), ["i"]);
        await hand.commit({ updates: [ending(nos[2]!, 0), update(nos[3]!, 0)] });
        assert.ok((await asker.ended()).includes("j"));
        clock.now += 10_000;
        await hand.commit({});
        await asker.ended();
        assert.deepEqual(await asker.ended(), []);
      },
    );

    storeTest(fixture, "an end is that of its commit, whenever its episode was", async ({ store, join, clock, row }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const asker = await Asker.of(store);
      clock.now += 60_000;
      await hand.commit({ updates: [{ ...ending(no!, 0), updatedAt: clock.now - 59_000 }] });
      assert.equal((await row("i")).completedAt, clock.now);
      assert.deepEqual(await asker.ended(), ["i"]);
    });

    storeTest(
      fixture,
      "an end of which the episode was ahead of the store's time is told all the same",
      async ({ store, join, clock, row }) => {
        const hand = await join();
        const [no] = await hand.own("i");
        const asker = await Asker.of(store);
        await hand.commit({ updates: [{ ...ending(no!, 0), updatedAt: clock.now + 5_000 }] });
        assert.equal((await row("i")).completedAt, clock.now + 5_000);
        assert.deepEqual(await asker.ended(), ["i"]);
      },
    );

    storeTest(fixture, "who is gone is not told: purged, or replaced by another run", async ({ store, join }) => {
      const hand = await join();
      const nos = await hand.own("purged", "replaced");
      const asker = await Asker.of(store);
      await hand.commit({ updates: nos.map((no) => ending(no, 0)) });
      await store.purge({ instanceId: id("purged") });
      const start = spec("replaced", { executionId: executionId("another") });
      await store.start({ start, onExisting: "error", replaces: executionId("run of replaced") });
      assert.deepEqual(await asker.ended(), []);
    });

    storeTest(fixture, "a process that asks hears of the ends of others", async ({ join, openAnother }) => {
      if (openAnother === undefined) return;
      const other = await openAnother();
      const hand = await join();
      const [no] = await hand.own("i");
      const asker = await Asker.of(other);
      await hand.commit({ updates: [ending(no!, 0)] });
      assert.deepEqual(await asker.ended(), ["i"]);
    });

    storeTest(fixture, "15,000 ends, more than an answer holds: each is told once", async ({ store, join, clock }) => {
      const hand = await join();
      const asker = await Asker.of(store);
      const told = new Map<string, number>();
      const ask = async () => {
        for (const instance of await asker.ended()) told.set(instance, (told.get(instance) ?? 0) + 1);
      };
      const nos = await hand.numbers(15_000);
      for (let from = 0; from < nos.length; from += 2_000) {
        const slice = nos.slice(from, from + 2_000);
        await hand.commit({ creates: slice.map((no) => birth(no, `m${no}`)) });
        await hand.commit({ updates: slice.map((no) => ending(no, 0, null)) });
        if (from === 0) await ask();
        clock.now += 1;
        await hand.commit({});
        if (from === 0 || from === 2_000) await ask();
      }
      await ask();
      assert.deepEqual([...told.keys()].sort(), nos.map((no) => `m${no}`).sort());
      // Of the first 2,000 the store was asked in the very millisecond of their end.
      assert.ok(nos.slice(2_000).every((no) => told.get(`m${no}`) === 1));
      clock.now += 1;
      await hand.commit({});
      assert.deepEqual(await asker.ended(), []);
    });

    storeTest(fixture, "an end that is committed while an answer is read page by page is told", async ({ store, join, clock }) => {
      const hand = await join();
      const [first, late, ...nos] = await hand.numbers(MOST_ENDED + 2);
      const { upTo } = await store.readEnded(null);
      const all = [first!, ...nos];
      for (let from = 0; from < all.length; from += 2_000) {
        const slice = all.slice(from, from + 2_000);
        await hand.commit({ creates: slice.map((no) => birth(no, `m${no}`)) });
        await hand.commit({ updates: slice.map((no) => ending(no, 0, null)) });
      }
      await hand.commit({ creates: [birth(late!, "late")] });
      clock.now += 1;
      const page = await store.readEnded(upTo);
      assert.ok(page.more);
      await hand.commit({ updates: [ending(late!, 0, null)] });
      const rest = await store.readEnded(page.upTo);
      assert.equal(rest.more, false);
      const next = await store.readEnded(rest.upTo);
      const told = [...page.ended, ...rest.ended, ...next.ended];
      assert.ok(told.includes(id("late")));
      assert.equal(new Set(told).size, all.length + 1);
    });
  });

  describe(`${fixture.name}: ends of another store`, () => {
    storeTest(
      fixture,
      "what has ended gets the time at which it ended there; nothing else changes",
      async ({ store, join, row, clock }) => {
        const hand = await join();
        const [done, large, open] = await hand.own("done", "large", "open");
        await hand.commit({ updates: [ending(done!, 0), ending(large!, 0, JSON_X)] });
        const before = [await row("done"), await row("large"), await row("open")];
        const at = clock.now - 86_400_000;
        await store.dateEnds([]);
        await store.dateEnds([
          { no: done!, at },
          { no: open!, at },
          { no: instanceNo(99_999), at },
        ]);
        assert.deepEqual(
          [await row("done"), await row("large"), await row("open")],
          [{ ...before[0], completedAt: at }, before[1], before[2]],
        );
        const purged = await store.purge({ createdFrom: null, createdTo: null, statuses: [], completedBefore: at + 1, limit: 10 });
        assert.deepEqual([purged.deleted, await store.getInstance(id("done"))], [1, null]);
      },
    );
  });

  describe(`${fixture.name}: rows by id`, () => {
    storeTest(fixture, "those that there are, with the payloads that are wanted", async ({ store, join }) => {
      const hand = await join();
      const [small, large] = await hand.numbers(2);
      const input = payload(JSON_X);
      await hand.commit({ creates: [birth(small!, "small"), birth(large!, "large", { start: spec("large", { input }) })] });
      await hand.commit({ updates: [{ ...ending(large!, 0, JSON_X), customStatus: '"half"' }] });
      const rows = await store.readInstances([id("large"), id("nobody"), id("small")]);
      assert.deepEqual(rows.map((row) => row.instanceId).sort(), ["large", "small"]);
      for (const payloads of ["all", "withoutInput", "none"] as const satisfies readonly Payloads[]) {
        const whole = await store.getInstance(id("large"));
        assert.deepEqual([whole?.input, whole?.output, whole?.customStatus], [JSON_X, JSON_X, '"half"']);
        const rest = {
          ...(payloads === "all" ? {} : { input: null }),
          ...(payloads === "none" ? { output: null, customStatus: null } : {}),
        };
        assert.deepEqual(await store.getInstance(id("large"), payloads), { ...whole, ...rest }, payloads);
        assert.deepEqual(await store.readInstances([id("large")], payloads), [{ ...whole, ...rest }], payloads);
      }
      assert.deepEqual(await store.readInstances([]), []);
    });
  });
}
