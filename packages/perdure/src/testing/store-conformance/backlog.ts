import assert from "node:assert/strict";
import { describe } from "node:test";
import { entityCreatedBy } from "../../store/new-entity.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { id, spec, storeTest, task } from "./hub.ts";

/** What waits under which name, for people. */
export function backlogSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: the backlog`, () => {
    storeTest(fixture, "instances that are due and unowned, by name, up to the cap", async ({ store, join, clock }) => {
      assert.deepEqual(await store.readBacklog({ cap: 10 }), { now: clock.now, instances: [], tasks: [] });
      const start = (id: string, more: Partial<ReturnType<typeof spec>>) =>
        store.start({ start: { ...spec(id), ...more }, onExisting: "error" });
      await start("a", { name: "Ship" });
      clock.now += 5;
      await start("b", { name: "Ship", version: "2.0" });
      await start("c", { name: "SHIP", version: "1.0" });
      await start("later", { name: "Ship", startAt: clock.now + 1_000 });
      await start("d", { name: "Bill" });
      const add = { kind: "entityOp", ts: clock.now, operation: "add", input: null, due: null, from: null, lock: null } as const;
      const counter = id("@counter@one");
      await store.deliver({ instanceId: counter, message: add, ...entityCreatedBy(counter, add) });
      const hand = await join();
      await hand.own("owned");
      const { now, instances } = await store.readBacklog({ cap: 10 });
      assert.equal(now, clock.now);
      assert.deepEqual(
        instances.map(({ key, waiting, oldest }) => [key, waiting, oldest]),
        [
          ["@counter", { count: 1, exact: true }, START_OF_TIME + 5],
          ["bill", { count: 1, exact: true }, START_OF_TIME + 5],
          ["ship", { count: 3, exact: true }, START_OF_TIME],
        ],
      );
      assert.ok(instances.every(({ key, name }) => key.endsWith(name.toLowerCase())));
      const capped = await store.readBacklog({ cap: 2 });
      assert.deepEqual(
        capped.instances.map(({ waiting }) => waiting),
        [
          { count: 1, exact: true },
          { count: 1, exact: true },
          { count: 2, exact: false },
        ],
      );
      clock.now += 1_000;
      assert.deepEqual((await store.readBacklog({ cap: 10 })).instances.at(-1)?.waiting, { count: 4, exact: true });
    });

    storeTest(fixture, "also suspects, whatever their deaths", async ({ store, join, clock }) => {
      let owner = await join();
      await owner.own("a", "b");
      for (let death = 1; ; death += 1) {
        await owner.die(clock);
        await store.takeOver({ dead: owner.worker, limit: 10 });
        const { instances } = await store.readBacklog({ cap: 10 });
        assert.deepEqual(
          instances.map(({ waiting }) => waiting),
          [{ count: 2, exact: true }],
          `${death} deaths`,
        );
        if (death === 4) break;
        owner = await join();
        await owner.claim(10, death === 1 ? [] : [10, 10, 10]);
      }
    });

    storeTest(fixture, "tasks: free, in line for a slot, and claimed", async ({ store, join, clock }) => {
      const hand = await join({ activity: ["pack"] });
      const [no] = await hand.own("i");
      const at = clock.now;
      await hand.commit({
        newTasks: [
          ...[task(no!, 1), task(no!, 2), task(no!, 3), task(no!, 4, { notBefore: at + 1_000 })],
          ...[task(no!, 5, { name: "weigh", crashes: 2 }), task(no!, 6, { name: "weigh" })],
          ...[7, 8, 9].map((event) => task(no!, event, { name: "mail", slot: { key: "acme", limit: 1 } })),
        ],
      });
      assert.equal((await hand.claimTasks(2)).length, 2);
      const exact = (count: number) => ({ count, exact: true });
      assert.deepEqual((await store.readBacklog({ cap: 10 })).tasks, [
        { key: "mail", name: "mail", waiting: exact(1), oldest: at, forSlot: exact(2), running: 0 },
        { key: "pack", name: "pack", waiting: exact(1), oldest: at, forSlot: exact(0), running: 2 },
        { key: "weigh", name: "weigh", waiting: exact(2), oldest: at, forSlot: exact(0), running: 0 },
      ]);
      const [mail] = (await store.readBacklog({ cap: 1 })).tasks;
      assert.deepEqual([mail?.waiting, mail?.forSlot], [exact(1), { count: 1, exact: false }]);
      await hand.commit({ cancelTasks: [{ no: no!, generation: 0, eventId: null }] });
      assert.deepEqual((await store.readBacklog({ cap: 10 })).tasks, []);
    });
  });
}
