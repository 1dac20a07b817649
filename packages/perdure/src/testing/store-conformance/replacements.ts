import assert from "node:assert/strict";
import { describe } from "node:test";
import type { InstanceNo } from "../../model/ids.ts";
import { eventId, executionId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { NewInstance } from "../../store/commit.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { birth, ending, event, id, spec, storeTest } from "./hub.ts";

const reply: Message = { kind: "taskCompleted", ts: START_OF_TIME, generation: 0, taskId: eventId(1), result: null };
const suspend: Message = { kind: "suspend", ts: START_OF_TIME, reason: null };

/** Runs that take the place of others, and what was sent to them before they were there. */
export function replacementsSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: runs in place of others`, () => {
    storeTest(fixture, "what was sent behind the message that asks for a run is mail of that run", async ({ store, join, clock, row }) => {
      const hand = await join();
      const nos = await hand.own("here", "later", "other");
      const fresh = await hand.numbers(3);
      const ids = ["here", "later", "other"];
      const asked = (name: string) => spec(name, { executionId: executionId("next") });
      for (const name of ids) await store.deliver({ instanceId: id(name), message: event("before") });
      for (const name of ids.slice(0, 2))
        await store.start({ start: asked(name), onExisting: "replace", replaces: (await row(name)).startId });
      for (const name of ids) {
        await store.deliver({ instanceId: id(name), message: event("behind") });
        await store.deliver({ instanceId: id(name), message: reply });
        await store.deliver({ instanceId: id(name), message: suspend });
      }
      const { now } = clock;
      const create = (name: string, no: InstanceNo, more: Partial<NewInstance>) =>
        birth(no, name, { ...more, onExisting: "replaceEnded", start: asked(name) });
      const creates = [
        create("here", fresh[0]!, {}),
        create("later", fresh[1]!, { owned: false, wakeAt: now + 60_000 }),
        create("other", fresh[2]!, {}),
      ];
      const before = (await hand.mail()).filter(({ body }) => JSON.parse(body).name === "before").map(({ no, seq }) => ({ no, seq }));
      await hand.commit({ creates, updates: nos.map((no) => ({ ...ending(no, 0), status: "Terminated" })), consumed: before });
      const inbox = (await store.load(fresh)).map((one) => one.inbox.map(({ no, kind }) => [no, kind]));
      const inherited = (no: InstanceNo | undefined) => [
        [no, "event"],
        [no, "suspend"],
      ];
      assert.deepEqual(inbox, [inherited(fresh[0]), inherited(fresh[1]), []]);
      assert.deepEqual([(await hand.mail()).length, (await row("later")).wakeAt, (await store.dump()).inbox.length], [2, now, 4]);
      await hand.commit({ consumed: (await hand.mail()).map(({ no, seq }) => ({ no, seq })) });
      assert.deepEqual(
        (await hand.claim()).map(({ no }) => no),
        [fresh[1]],
      );
    });

    storeTest(
      fixture,
      "a run that ends by itself has accepted a start in its place: the sweep carries it out",
      async ({ store, join, row }) => {
        const hand = await join();
        const [no] = await hand.own("i");
        const starts = ["second", "third"].map((name) => spec("i", { executionId: executionId(name) }));
        for (const start of starts) {
          const { startId } = await row("i");
          assert.equal((await store.start({ start, onExisting: "replace", replaces: startId })).outcome, "replacing");
          await store.deliver({ instanceId: id("i"), message: event(`for ${start.executionId}`) });
        }
        await hand.commit({ updates: [ending(no!, 0)] });
        const { repaired, droppedMail, started } = await store.sweep();
        assert.deepEqual([repaired, droppedMail, started], [0, 0, 1]);
        const second = await row("i");
        assert.deepEqual([second.executionId, second.status], ["second", "Pending"]);
        const [claimed] = await hand.claim();
        assert.equal(claimed?.no, second.no);
        assert.deepEqual(
          (await hand.mail()).map(({ kind }) => kind),
          ["event", "replace", "event"],
        );
        assert.deepEqual([(await store.load([no!])).length, (await store.sweep()).started], [0, 0]);
      },
    );
  });
}
