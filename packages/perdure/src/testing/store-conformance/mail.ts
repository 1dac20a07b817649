import assert from "node:assert/strict";
import { describe } from "node:test";
import { eventId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { ending, event, id, refused, storeTest, toId, toNo, update } from "./hub.ts";

const reply: Message = { kind: "taskCompleted", ts: START_OF_TIME, generation: 4, taskId: eventId(9), result: null };

export function mailSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: mail`, () => {
    storeTest(fixture, "one sender's messages keep their order, over batches and kinds", async ({ store, join }) => {
      const [sender, owner] = [await join(), await join()];
      const [no] = await owner.own("target");
      const messages = ["1", "2", "3"].map((name) => toId("target", event(name)));
      await sender.commit({ messages });
      await sender.commit({ messages: [toNo(no!, reply), toId("target", event("4"))] });
      const mail = await owner.mail();
      assert.deepEqual(
        mail.map(({ kind, generation }) => [kind, generation]),
        [...Array(3).fill(["event", null]), ["taskCompleted", 4], ["event", null]],
      );
      assert.deepEqual(
        mail.map(({ body }) => JSON.parse(body)),
        [event("1"), event("2"), event("3"), reply, event("4")],
      );
      assert.ok(mail.every(({ seq }, index) => index === 0 || seq > (mail[index - 1]?.seq ?? 0)));
      assert.deepEqual((await store.load([no!]))[0]?.inbox, mail);
    });

    storeTest(fixture, "the receipt tells who got mail, under which number, and who did not", async ({ store, join }) => {
      const [sender, owner] = [await join(), await join()];
      const [own, done] = await sender.own("own", "done");
      const [theirs] = await owner.own("theirs");
      await sender.commit({ updates: [ending(done!, 0)] });
      const [gone] = await sender.numbers(1);
      const messages = [
        toId("nobody", event("e")),
        toNo(own!, event("e")),
        toId("done", event("e")),
        toId("theirs", event("e")),
        toNo(gone!, reply),
      ];
      const receipt = await sender.commit({ messages });
      assert.deepEqual(receipt.undelivered, [
        { index: 0, why: "notFound" },
        { index: 2, why: "done" },
        { index: 4, why: "notFound" },
      ]);
      assert.deepEqual([receipt.mailFor, receipt.owners, receipt.madeReady], [[own], [owner.worker], false]);
      const { inbox } = await store.dump();
      const seqOf = (no: unknown) => inbox.find((row) => row.no === no)?.seq;
      assert.deepEqual(receipt.messageSeqs, [null, seqOf(own), null, seqOf(theirs), null]);
      assert.deepEqual(
        inbox.map(({ worker }) => worker),
        [sender.worker, owner.worker],
      );
    });

    storeTest(fixture, "a message wakes a sleeper, and only a sleeper", async ({ join, row, clock }) => {
      const hand = await join();
      const [dormant, waiting] = await hand.own("dormant", "waiting");
      const sleep = (no: typeof dormant, nextWake: number | null) => ({ no: no!, version: 0, nextWake, asReady: false });
      await hand.commit({ releases: [sleep(dormant, null), sleep(waiting, START_OF_TIME + 9_999)] });
      const receipt = await hand.commit({ messages: [toId("dormant", event("e")), toId("waiting", event("e"))] });
      assert.equal(receipt.madeReady, true);
      const wakes = [(await row("dormant")).wakeAt, (await row("waiting")).wakeAt];
      assert.deepEqual(wakes, [START_OF_TIME, START_OF_TIME]);
      clock.now += 10;
      assert.equal((await hand.commit({ messages: [toId("dormant", event("e"))] })).madeReady, false);
      assert.equal((await row("dormant")).wakeAt, START_OF_TIME, "a ready one is left alone");
      assert.equal((await hand.claim()).length, 2);
      assert.equal((await hand.mail()).length, 3);
    });

    storeTest(fixture, "a second copy of a message is dropped while the first is there", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      await hand.own("j");
      const message = event("e", { messageId: "m1" });
      assert.equal((await store.deliver({ instanceId: id("i"), message })).outcome, "delivered");
      assert.equal((await store.deliver({ instanceId: id("i"), message })).outcome, "delivered");
      const receipt = await hand.commit({ messages: [toId("i", message), toId("j", message), toId("i", event("e", { messageId: "m2" }))] });
      assert.deepEqual([receipt.undelivered, receipt.messageSeqs[0]], [[], null]);
      const mail = await hand.mail();
      assert.equal(mail.filter((row) => row.no === no).length, 2);
      assert.equal(mail.length, 3);
      await hand.commit({ messages: [toId("i", event("e")), toId("i", event("e"))] });
      assert.equal((await hand.mail()).length, 5, "without an id every copy counts");
    });

    storeTest(fixture, "consumed once; a second time is refused and nothing is written", async ({ store, join, row }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      await store.deliver({ instanceId: id("i"), message: event("a") });
      await store.deliver({ instanceId: id("i"), message: event("b") });
      const [first, second] = await hand.mail();
      const consumed = [{ no: no!, seq: first!.seq }];
      await hand.commit({ updates: [update(no!, 0)], consumed });
      assert.deepEqual(await hand.mail(), [second]);
      const again = hand.batch({ updates: [update(no!, 1)], consumed: [...consumed, { no: no!, seq: second!.seq }] });
      assert.deepEqual(await refused(store.commit(again), "notOwned"), { kind: "notOwned", nos: [no], missing: false });
      assert.equal((await row("i")).version, 1);
      assert.deepEqual(await hand.mail(), [second]);
    });

    storeTest(fixture, "a number of a consumed message is not given again", async ({ join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const first = await hand.commit({ messages: [toNo(no!, event("a"))] });
      await hand.commit({ consumed: [{ no: no!, seq: first.messageSeqs[0]! }] });
      const second = await hand.commit({ messages: [toNo(no!, event("b"))] });
      assert.ok(second.messageSeqs[0]! > first.messageSeqs[0]!);
      assert.equal((await hand.mail()).length, 1);
    });

    storeTest(fixture, "a look gives the mail of owned instances alone", async ({ join }) => {
      const [hand, other] = [await join(), await join()];
      const [mine] = await hand.own("mine");
      await other.own("theirs");
      await hand.commit({ messages: [toId("theirs", event("e")), toId("mine", event("e"))] });
      assert.deepEqual(
        (await hand.mail()).map(({ no }) => no),
        [mine],
      );
    });

    storeTest(fixture, "clients learn what became of their message", async ({ store, join }) => {
      const hand = await join();
      const [, done] = await hand.own("live", "done");
      await hand.commit({ updates: [ending(done!, 0)] });
      const deliver = (to: string) => store.deliver({ instanceId: id(to), message: event("e") });
      assert.deepEqual(await deliver("live"), { outcome: "delivered", status: "Pending" });
      assert.deepEqual(await deliver("done"), { outcome: "done", status: "Completed" });
      assert.deepEqual(await deliver("nobody"), { outcome: "notFound", status: null });
    });

    storeTest(fixture, "mail that will not be read is swept away", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      await store.deliver({ instanceId: id("i"), message: event("too late") });
      await hand.commit({ updates: [ending(no!, 0)] });
      const { repaired, droppedMail, tombstones } = await store.sweep();
      assert.deepEqual([repaired, droppedMail, tombstones], [0, 1, 0]);
      assert.deepEqual((await store.dump()).inbox, []);
    });
  });
}
