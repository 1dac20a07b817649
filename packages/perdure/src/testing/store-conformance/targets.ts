import assert from "node:assert/strict";
import { describe } from "node:test";
import { functionKey, prefixed } from "../../model/function-name.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { StartSpec } from "../../model/start.ts";
import type { NewTarget, OutgoingMessage } from "../../store/commit.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { birth, ending, event, id, keysOf, refused, spec, storeTest, toId } from "./hub.ts";

const ENTITY = "@counter@a";
const KEY = prefixed("@", functionKey("Counter"));

const target = (instanceId: string, more: Partial<StartSpec> = {}): NewTarget => ({
  start: spec(instanceId, { name: "Counter", input: null, ...more }),
  status: "Running",
});

const creating = (instanceId: string, name: string, more: Partial<StartSpec> = {}): OutgoingMessage => ({
  ...toId(instanceId, event(name)),
  orCreate: target(instanceId, more),
});

export function targetsSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: messages that create their target`, () => {
    storeTest(
      fixture,
      "where no instance has the id it is created, unowned and ready, and has the message",
      async ({ join, row, store }) => {
        const hand = await join();
        const numbers = await hand.numbers(3);
        const receipt = await hand.commit({ messages: [creating(ENTITY, "1"), creating(ENTITY, "2", { name: "other" })] });
        const { no, ...created } = await row(ENTITY);
        assert.deepEqual([receipt.undelivered, receipt.madeReady, receipt.mailFor, receipt.notStarted], [[], true, [], []]);
        assert.ok(receipt.messageSeqs.every((seq) => seq !== null));
        assert.ok(!numbers.includes(no) && !(await hand.numbers(3)).includes(no), "a number of its own");
        const { name, owner, wakeAt, status, generation, version, createdAt, updatedAt, input, executionId } = created;
        assert.deepEqual([name, owner, wakeAt, status, generation, version], ["Counter", null, START_OF_TIME, "Running", 0, 0]);
        assert.deepEqual(
          [createdAt, updatedAt, input, executionId],
          [START_OF_TIME, START_OF_TIME, null, target(ENTITY).start.executionId],
        );
        const [loaded] = await store.load([no]);
        assert.deepEqual(
          loaded?.inbox.map(({ body }) => JSON.parse(body)),
          [event("1"), event("2")],
        );
      },
    );

    storeTest(fixture, "where the id is taken nothing is created", async ({ join, row, store }) => {
      const [hand, other] = [await join(), await join()];
      const [done] = await hand.own("done");
      const [owned] = await other.own("owned");
      await hand.commit({ updates: [ending(done!, 0)] });
      const [born] = await hand.numbers(1);
      const messages = [creating("done", "1"), creating("owned", "2"), creating("born", "3"), creating("born", "4")];
      const receipt = await hand.commit({ creates: [birth(born!, "born")], messages });
      assert.deepEqual([receipt.undelivered, receipt.mailFor, receipt.owners], [[{ index: 0, why: "done" }], [born], [other.worker]]);
      assert.deepEqual([(await row("born")).no, (await row("owned")).no, (await row("done")).no], [born, owned, done]);
      assert.equal((await store.dump()).instances.length, 3);
    });

    storeTest(fixture, "by clients, too", async ({ store, row, join }) => {
      const deliver = (orCreate: NewTarget) => store.deliver({ instanceId: id(ENTITY), message: event("e"), orCreate });
      assert.deepEqual(await deliver(target(ENTITY)), { outcome: "delivered", status: "Running" });
      const { no } = await row(ENTITY);
      assert.deepEqual(await deliver({ ...target(ENTITY), status: "Pending" }), { outcome: "delivered", status: "Running" });
      assert.equal((await store.dump()).inbox.length, 2);
      const hand = await join();
      assert.deepEqual((await hand.commit({ claim: { limit: 9, keys: [KEY], suspects: [] } })).claimed, [{ no, version: 1 }]);
      assert.equal((await hand.mail()).length, 2);
    });

    storeTest(fixture, "a look leaves out the mail of those that it is told to", async ({ store, row, join }) => {
      const hand = await join();
      const ids = ["@counter@a", "@counter@b", "@counter@c"];
      await hand.commit({ messages: ids.map((one) => creating(one, "e")) });
      await hand.commit({ claim: { limit: 9, keys: [KEY], suspects: [] } });
      const [a, b, c] = await Promise.all(ids.map(async (one) => (await row(one)).no));
      assert.ok(a !== undefined && b !== undefined && c !== undefined);
      const mailWithout = async (...without: readonly InstanceNo[]) =>
        (await store.look({ worker: hand.worker, keys: keysOf({}), without })).mail.map(({ no }) => no);
      assert.deepEqual(await mailWithout(a, c), [b]);
      assert.deepEqual(await mailWithout(a, b, c), []);
      assert.deepEqual((await mailWithout()).toSorted(), [a, b, c].toSorted());
    });

    storeTest(fixture, "an entity waits under a key of its own", async ({ join, store }) => {
      const hand = await join({ orchestrator: ["Counter"] });
      await hand.commit({ messages: [creating(ENTITY, "e")] });
      assert.deepEqual(await hand.claim(), []);
      assert.deepEqual((await store.readWaiting()).instances, [KEY]);
      const at = async (keys: Parameters<typeof store.look>[0]["keys"]) => (await store.look({ worker: hand.worker, keys })).instanceAt;
      assert.equal(await at(keysOf({ orchestrator: ["Counter"] })), null);
      assert.equal(await at({ instances: [KEY], tasks: [] }), START_OF_TIME);
    });

    storeTest(fixture, "two at once with the same new ids make one of each", async ({ join, store }) => {
      const hands = [await join(), await join(), await join()];
      for (let round = 0; round < 10; round++) {
        const ids = Array.from({ length: 8 }, (_, index) => `@counter@${round}-${index}`);
        const messages = ids.map((one) => creating(one, "e"));
        const [own] = await hands[0]!.numbers(1);
        await Promise.all([
          hands[0]!.commit({ messages, creates: [birth(own!, `mine-${round}`)] }),
          hands[1]!.commit({ messages: messages.toReversed() }),
          ...ids.map((one) => store.deliver({ instanceId: id(one), message: event("e"), orCreate: target(one) })),
        ]);
      }
      const { instances, inbox } = await store.dump();
      assert.deepEqual([instances.length, inbox.length, new Set(instances.map(({ no }) => no)).size], [90, 240, 90]);
    });

    storeTest(fixture, "a batch that is refused leaves none", async ({ join, store }) => {
      const [hand, other] = [await join(), await join()];
      const [theirs] = await other.own("theirs");
      await refused(hand.commit({ messages: [creating(ENTITY, "e")], updates: [ending(theirs!, 0)] }), "notOwned");
      assert.equal(await store.getInstance(id(ENTITY)), null);
    });
  });
}
