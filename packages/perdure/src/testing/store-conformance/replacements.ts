import assert from "node:assert/strict";
import { describe } from "node:test";
import type { InstanceNo } from "../../model/ids.ts";
import { eventId, executionId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { NewInstance } from "../../store/commit.ts";
import type { Store } from "../../store/contract.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { startInstance } from "../../store/start-instance.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import type { Hand } from "./hub.ts";
import { birth, ending, event, id, spec, storeTest } from "./hub.ts";

const reply: Message = { kind: "taskCompleted", ts: START_OF_TIME, generation: 0, taskId: eventId(1), result: null };
const suspend: Message = { kind: "suspend", ts: START_OF_TIME, reason: null };

const asked = (run: string) => spec("i", { executionId: executionId(run) });

/** The run of "i" ends by itself, after a start in its place was accepted and an event was sent behind it. */
async function endedWithStart(store: Store, hand: Hand, row: (id: string) => Promise<InstanceRow>): Promise<InstanceNo> {
  const [no] = await hand.own("i");
  const { startId: replaces } = await row("i");
  assert.equal((await store.start({ start: asked("second"), onExisting: "replace", replaces })).outcome, "replacing");
  await store.deliver({ instanceId: id("i"), message: event("for second") });
  await hand.commit({ updates: [ending(no!, 0)] });
  return no!;
}

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

    for (const [how, outcome] of [
      ["error", "conflict"],
      ["attach", "existing"],
      ["replace", "replacing"],
    ] as const)
      storeTest(
        fixture,
        `a start (${how}) of the id of a run that has accepted another start finds the run of that one`,
        async ({ store, join, row }) => {
          const hand = await join();
          const ended = await endedWithStart(store, hand, row);
          const third = await startInstance(store, { start: asked("third"), onExisting: how });
          assert.deepEqual([third.outcome, third.status], [outcome, "Pending"]);
          assert.equal((await row("i")).executionId, "second");
          const mail = (await store.load([(await row("i")).no]))[0]?.inbox.map(({ kind }) => kind);
          assert.deepEqual(mail, how === "replace" ? ["event", "replace"] : ["event"]);
          assert.deepEqual([(await store.load([ended])).length, (await store.sweep()).started], [0, 0]);
        },
      );

    storeTest(fixture, "a start that comes again finds its own run, although the run before it has ended", async ({ store, join, row }) => {
      await endedWithStart(store, await join(), row);
      const again = await startInstance(store, { start: asked("second"), onExisting: "replace" });
      assert.deepEqual([again.outcome, again.executionId], ["started", "second"]);
    });

    storeTest(fixture, "a fork to the id of a run that has accepted a start finds the run of that one", async ({ store, join, row }) => {
      await endedWithStart(store, await join(), row);
      const { startId: replaces } = await row("i");
      const fork = await store.startWithHistory({ start: asked("third"), history: [], customStatus: null, replaces });
      assert.deepEqual([fork.outcome, (await row("i")).executionId], ["conflict", "second"]);
    });

    storeTest(fixture, "a run that a batch begins has the starts that the ended one had accepted", async ({ store, join, row }) => {
      const hand = await join();
      await endedWithStart(store, hand, row);
      const [fresh] = await hand.numbers(1);
      await hand.commit({ creates: [birth(fresh!, "i", { start: asked("third"), onExisting: "replaceTerminal" })] });
      assert.deepEqual(
        (await hand.mail()).map(({ no, kind }) => [no, kind]),
        ["replace", "event"].map((kind) => [fresh, kind]),
      );
    });

    storeTest(fixture, "so has a run that a batch begins in place of one which ends in it", async ({ store, join, row }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const [fresh] = await hand.numbers(1);
      const { startId: replaces } = await row("i");
      assert.equal((await store.start({ start: asked("second"), onExisting: "replace", replaces })).outcome, "replacing");
      await store.deliver({ instanceId: id("i"), message: event("for second") });
      const creates = [birth(fresh!, "i", { start: asked("third"), onExisting: "replaceEnded" })];
      assert.deepEqual((await hand.commit({ creates, updates: [{ ...ending(no!, 0), status: "Terminated" }] })).notStarted, []);
      assert.equal((await row("i")).executionId, "third");
      assert.deepEqual(
        (await hand.mail()).map((mail) => [mail.no, mail.kind]),
        ["replace", "event"].map((kind) => [fresh, kind]),
      );
      assert.equal((await store.sweep()).started, 0, "the run lives, and will read it");
      const { rows } = await store.audit.read({ instanceId: id("i"), limit: 9, place: null });
      assert.deepEqual(
        rows.map((line) => [line.no, line.what]),
        [[no, "replace"]],
      );
    });

    storeTest(fixture, "a purge leaves a run that has accepted a start in its place", async ({ store, join, row }) => {
      const no = await endedWithStart(store, await join(), row);
      const any = { createdFrom: null, createdTo: null, statuses: [], completedBefore: null, limit: 100 };
      for (const params of [any, { nos: [no] }, { instanceId: id("i") }, { ...any, recursive: true }])
        assert.deepEqual(await store.purge(params), { ...(await store.purge({ nos: [] })), deleted: 0, complete: true });
      await store.sweep();
      assert.equal((await row("i")).executionId, "second");
    });
  });
}
