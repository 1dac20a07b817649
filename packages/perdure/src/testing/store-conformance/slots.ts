import assert from "node:assert/strict";
import { describe } from "node:test";
import type { InstanceNo } from "../../model/ids.ts";
import { executionId, instanceId } from "../../model/ids.ts";
import { NO_SLOT_YET, slotId } from "../../model/slot.ts";
import type { FinishedTask, NewTask } from "../../store/commit.ts";
import type { Store } from "../../store/contract.ts";
import type { StoreFixture } from "./fixture.ts";
import type { Hand } from "./hub.ts";
import { birth, ending, keysOf, LEASE_MS, spec, storeTest, task } from "./hub.ts";

const keyed = (no: InstanceNo, event: number, key: string, limit = 2, more: Partial<NewTask> = {}): NewTask =>
  task(no, event, { slot: { key, limit }, ...more });

type FiveTasks = [NewTask, NewTask, NewTask, NewTask, NewTask];

const events = (claimed: readonly { readonly eventId: number }[]): readonly number[] => claimed.map(({ eventId }) => eventId);

const done = ({ no, eventId }: NewTask, attempts = 1): FinishedTask => ({ no, generation: 0, eventId, attempts, message: null });

const holders = (store: Store, key: string, name = "pack") => store.readSlotHolders({ slotId: slotId(name, key), atMost: 2 });

async function claim(hand: Hand, limit = 100): Promise<readonly number[]> {
  return events(await hand.claimTasks(limit));
}

export function slotsSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: slots of a key`, () => {
    storeTest(fixture, "as many have one as there are, the first to come first, over all workers", async ({ store, join, clock }) => {
      const [one, other] = [await join(), await join()];
      const [no] = await one.own("i");
      const [first, second, third, fourth, fifth] = [1, 2, 3, 4, 5].map((event) => keyed(no!, event, "acme")) as FiveTasks;
      assert.equal((await one.commit({ newTasks: [first, second, third] })).madeReady, true);
      clock.now += 1;
      assert.equal((await one.commit({ newTasks: [fourth, fifth] })).madeReady, false);
      assert.deepEqual(await claim(one, 1), [1]);
      assert.deepEqual(await claim(other), [2]);
      assert.deepEqual([await claim(one), await claim(other)], [[], []]);
      const [row, inLine] = await store.loadTasks([first, third]);
      assert.deepEqual([row?.slot, row?.notBefore], [{ key: "acme", limit: 2 }, clock.now - 1]);
      assert.deepEqual([inLine?.slot, inLine?.notBefore], [{ key: "acme", limit: 2 }, NO_SLOT_YET]);
      assert.deepEqual(await holders(store, "acme"), { count: 2, holders: [instanceId("i"), instanceId("i")] });

      const receipt = await other.commit({
        finishedTasks: [done(second)],
        claimTasks: { limit: 9, keys: keysOf({ activity: ["pack"] }).tasks, suspects: [] },
      });
      assert.deepEqual([receipt.madeReady, events(receipt.claimedTasks)], [true, [3]], "handed on in the commit that frees it");
      await one.commit({ finishedTasks: [done(first)] });
      assert.deepEqual(await claim(one), [4]);
      assert.equal((await other.commit({ finishedTasks: [done(third, 7)] })).madeReady, false, "of another attempt");
      await other.commit({ finishedTasks: [done(third)] });
      await one.commit({ finishedTasks: [done(fourth)] });
      assert.deepEqual(await claim(one), [5]);
      await one.commit({ finishedTasks: [done(fifth)] });
      assert.deepEqual(await holders(store, "acme"), { count: 0, holders: [] });
    });

    storeTest(fixture, "a key that is full holds up no other key, no other activity and nothing without a key", async ({ join }) => {
      const hand = await join({ activity: ["pack", "weigh"] });
      const [no] = await hand.own("i");
      const full = Array.from({ length: 300 }, (_, index) => keyed(no!, index, "acme", 1));
      await hand.commit({ newTasks: full });
      const others = [
        keyed(no!, 301, "other", 1),
        keyed(no!, 302, "acme", 1, { name: "weigh" }),
        keyed(no!, 303, "acme", 1, { name: "WEIGH" }),
        task(no!, 304),
        keyed(no!, 305, "", 1),
        keyed(no!, 306, "ACME", 1),
        keyed(no!, 307, `"],["`, 1),
      ];
      await hand.commit({ newTasks: others });
      assert.deepEqual(
        (await claim(hand)).toSorted((a, b) => a - b),
        [0, 301, 302, 304, 305, 306, 307],
      );
      await hand.commit({ cancelTasks: [{ no: no!, generation: 0, eventId: null }] });
    });

    storeTest(
      fixture,
      "a slot stays with the task of a worker that dies, and one that is given back keeps it",
      async ({ store, join, clock }) => {
        const [dying, heir] = [await join(), await join()];
        const [no] = await heir.own("i");
        const [first, second] = [keyed(no!, 1, "acme", 1), keyed(no!, 2, "acme", 1)];
        await heir.commit({ newTasks: [first, second] });
        assert.deepEqual(await claim(dying), [1]);
        await store.renew({ worker: heir.worker, fence: heir.fence, leaseMs: 10 * LEASE_MS });
        await dying.die(clock);
        assert.deepEqual(await claim(heir), [], "the dead worker's row is not free yet");
        await store.takeOver({ dead: dying.worker, limit: 10 });
        assert.deepEqual(await claim(heir), [1]);
        await heir.commit({ givenBackTasks: [{ ...done(first, 2), crashes: 0 }] });
        assert.deepEqual(await claim(heir), [1]);
        await heir.commit({ finishedTasks: [done(first, 3)] });
        assert.deepEqual(await claim(heir), [2]);
        await heir.commit({ finishedTasks: [done(second)] });
      },
    );

    storeTest(fixture, "whatever deletes its task gives a slot on", async ({ store, join }) => {
      const hand = await join();
      const [cancelled, purged, rewound, waiting] = await hand.own("cancelled", "purged", "rewound", "waiting");
      const ofEach = [cancelled!, purged!, rewound!].map((no) => keyed(no, 1, "acme", 3));
      const line = [1, 2, 3, 4].map((event) => keyed(waiting!, event, "acme", 3));
      await hand.commit({ newTasks: [...ofEach, ...line] });
      assert.deepEqual(await claim(hand), [1, 1, 1]);
      await hand.commit({ cancelTasks: [{ no: cancelled!, generation: 0, eventId: null }] });
      assert.deepEqual(await claim(hand), [1]);
      await hand.commit({ updates: [ending(purged!, 0), ending(rewound!, 0)] });
      await store.purge({ instanceId: instanceId("purged") });
      assert.deepEqual(await claim(hand), [2]);
      const reopening = { no: rewound!, generation: 0, version: 1, executionId: executionId("again"), history: [] };
      assert.equal(await store.reopen(reopening), "reopened");
      assert.deepEqual(await claim(hand), [3]);
      await hand.commit({ cancelTasks: [{ no: waiting!, generation: 0, eventId: line[0]!.eventId }] });
      assert.deepEqual(await claim(hand), [4]);
      await hand.commit({ cancelTasks: [{ no: waiting!, generation: 0, eventId: null }] });
    });

    storeTest(fixture, "a task that leaves the line leaves it to the others", async ({ store, join }) => {
      const hand = await join();
      const [no, leaving] = await hand.own("i", "leaving");
      const [first, second] = [keyed(no!, 1, "acme", 1), keyed(no!, 2, "acme", 1)];
      await hand.commit({ newTasks: [first] });
      await hand.commit({ newTasks: [keyed(leaving!, 1, "acme", 1)] });
      await hand.commit({ newTasks: [second] });
      await hand.commit({ cancelTasks: [{ no: leaving!, generation: 0, eventId: null }] });
      assert.deepEqual(await claim(hand), [1]);
      await hand.commit({ finishedTasks: [done(first)] });
      assert.deepEqual(await claim(hand), [2]);
      const seen = await store.load([no!]);
      assert.deepEqual(seen[0]?.tasks[0]?.slot, { key: "acme", limit: 1 });
      await hand.commit({ finishedTasks: [done(second)] });
    });

    storeTest(fixture, "each is let in by the limit that it came with", async ({ join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const limits = [3, 3, 2, 3];
      const tasks = limits.map((limit, index) => keyed(no!, index, "acme", limit));
      await hand.commit({ newTasks: tasks });
      assert.deepEqual(await claim(hand), [0, 1]);
      await hand.commit({ finishedTasks: [done(tasks[0]!)] });
      assert.deepEqual(await claim(hand), [2, 3]);
      await hand.commit({ finishedTasks: tasks.slice(1).map((one) => done(one)) });
    });

    storeTest(fixture, "what waits for a slot is not due: no worker looks for it", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const [first, second] = [keyed(no!, 1, "acme", 1), keyed(no!, 2, "acme", 1)];
      await hand.commit({ creates: [birth((await hand.numbers(1))[0]!, "free", { start: spec("free") })], newTasks: [first, second] });
      assert.deepEqual((await store.readWaiting()).tasks, ["pack"]);
      await hand.claimTasks();
      assert.deepEqual((await store.readWaiting()).tasks, []);
      const { taskAt } = await store.look({ worker: hand.worker, keys: keysOf({ activity: ["pack"] }) });
      assert.equal(taskAt, NO_SLOT_YET);
      await hand.commit({ cancelTasks: [{ no: no!, generation: 0, eventId: null }] });
    });
  });
}
