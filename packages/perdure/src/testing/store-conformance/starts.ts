import assert from "node:assert/strict";
import { describe } from "node:test";
import { executionId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { append, birth, ending, event, id, refused, spec, storeTest, task, toId, toNo, update } from "./hub.ts";

export function startsSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: instances born in a batch`, () => {
    storeTest(fixture, "ready for any worker when not owned; later when scheduled", async ({ join, row }) => {
      const hand = await join();
      const [now, later] = await hand.numbers(2);
      const creates = [birth(now!, "now", { owned: false }), birth(later!, "later", { owned: false, wakeAt: START_OF_TIME + 60_000 })];
      assert.equal((await hand.commit({ creates: creates.slice(1) })).madeReady, false);
      assert.equal((await hand.commit({ creates: creates.slice(0, 1) })).madeReady, true);
      assert.deepEqual([(await row("now")).owner, (await row("later")).wakeAt], [null, START_OF_TIME + 60_000]);
      assert.deepEqual(
        (await hand.claim()).map(({ no }) => no),
        [now],
      );
    });

    storeTest(
      fixture,
      "an id that exists: left out with all that belongs to it, and the substitute is delivered",
      async ({ join, row, store }) => {
        const hand = await join();
        const [parent] = await hand.own("parent", "taken");
        const [second] = await hand.numbers(1);
        const failed: Message = { kind: "childFailed", ts: START_OF_TIME, generation: 0, taskId: 3 as never, result: null };
        const receipt = await hand.commit({
          creates: [birth(second!, "taken", { ifExists: toNo(parent!, failed) })],
          history: [append(second!, 0, 1, "[1]")],
          updates: [update(second!, 0), update(parent!, 0)],
          newTasks: [task(second!, 1)],
          releases: [{ no: second!, version: 1, nextWake: null, asReady: false }],
          messages: [toId("parent", event("after"))],
        });
        assert.deepEqual([receipt.notStarted, receipt.released, receipt.mailFor], [[second], [], [parent]]);
        assert.equal(receipt.messageSeqs.length, 1);
        assert.equal((await row("parent")).version, 1);
        assert.deepEqual(
          (await hand.mail()).map(({ kind }) => kind),
          ["childFailed", "event"],
        );
        assert.deepEqual(await store.load([second!]), []);
        const { history, tasks } = await store.dump();
        assert.deepEqual([history, tasks], [[], []]);
      },
    );

    storeTest(
      fixture,
      "replaceTerminal: in place of a finished run, with a new number; never of a live one",
      async ({ join, row, store }) => {
        const hand = await join();
        const [old, live] = await hand.own("old", "live");
        const history = [append(old!, 0, 1, "[1]")];
        await store.deliver({ instanceId: id("old"), message: event("unread") });
        await hand.commit({ history, updates: [ending(old!, 0)], newTasks: [task(old!, 1)] });
        const [fresh, refusedOne] = await hand.numbers(2);
        const creates = [
          birth(fresh!, "old", { onExisting: "replaceTerminal" }),
          birth(refusedOne!, "live", { onExisting: "replaceTerminal" }),
        ];
        assert.deepEqual((await hand.commit({ creates })).notStarted, [refusedOne]);
        assert.deepEqual([(await row("old")).no, (await row("live")).no], [fresh, live]);
        const { history: left, inbox, tasks } = await store.dump();
        assert.deepEqual([left, inbox, tasks], [[], [], []]);
        assert.deepEqual(await store.load([old!]), []);
      },
    );

    storeTest(
      fixture,
      "replaceEnded: in place of a run that ends in the same batch; messages by id find the new one",
      async ({ join, row }) => {
        const hand = await join();
        const [old] = await hand.own("i");
        const [fresh] = await hand.numbers(1);
        const creates = [birth(fresh!, "i", { onExisting: "replaceEnded", start: spec("i", { executionId: executionId("next") }) })];
        const terminated = update(old!, 0, { status: "Terminated", completed: { output: null } });
        const receipt = await hand.commit({ creates, updates: [terminated], messages: [toId("i", event("hello"))] });
        assert.deepEqual([receipt.notStarted, receipt.undelivered, receipt.mailFor], [[], [], [fresh]]);
        const { no, executionId: execution, status } = await row("i");
        assert.deepEqual([no, execution, status], [fresh, "next", "Pending"]);
        assert.deepEqual(
          (await hand.mail()).map((mail) => mail.no),
          [fresh],
        );
      },
    );

    storeTest(fixture, "replaceEnded of a run that continues is not started", async ({ join, row }) => {
      const hand = await join();
      const [old] = await hand.own("i");
      const [fresh] = await hand.numbers(1);
      const creates = [birth(fresh!, "i", { onExisting: "replaceEnded" })];
      assert.deepEqual((await hand.commit({ creates, updates: [update(old!, 0)] })).notStarted, [fresh]);
      assert.equal((await row("i")).no, old);
    });

    storeTest(fixture, "two of one id in one batch: the first is started", async ({ join, row }) => {
      const hand = await join();
      const [first, second] = await hand.numbers(2);
      const creates = [birth(first!, "i"), birth(second!, "i", { onExisting: "replaceTerminal" })];
      assert.deepEqual((await hand.commit({ creates })).notStarted, [second]);
      assert.equal((await row("i")).no, first);
    });
  });

  describe(`${fixture.name}: clients' starts`, () => {
    const again = (name: string) => spec(name, { executionId: executionId("another") });

    storeTest(fixture, "a start is ready at once; its own retry has succeeded", async ({ store, row }) => {
      assert.deepEqual(await store.start({ start: spec("i"), onExisting: "error" }), {
        outcome: "started",
        status: "Pending",
        executionId: "run of i",
      });
      assert.equal((await row("i")).wakeAt, START_OF_TIME);
      for (const onExisting of ["error", "attach", "replace"] as const) {
        assert.equal((await store.start({ start: spec("i"), onExisting })).outcome, "started");
      }
      assert.equal((await store.dump()).instances.length, 1);
      assert.deepEqual((await store.dump()).inbox, []);
    });

    storeTest(fixture, "error: a live one is in the way, a finished one is replaced", async ({ store, join, row }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const start = { start: again("i"), onExisting: "error" } as const;
      assert.deepEqual(await store.start(start), { outcome: "conflict", status: "Pending", executionId: "run of i" });
      await hand.commit({ updates: [ending(no!, 0)] });
      const seen = { outcome: "inTheWay", startId: "run of i" } as const;
      assert.deepEqual(await store.start(start), seen);
      assert.deepEqual(await store.start({ ...start, replaces: executionId("a third") }), seen);
      assert.equal((await row("i")).no, no);
      const answer = await store.start({ ...start, replaces: executionId("run of i") });
      assert.deepEqual(answer, { outcome: "started", status: "Pending", executionId: "another" });
      const fresh = await row("i");
      assert.ok(fresh.no !== no && fresh.generation === 0 && fresh.completedAt === null);
    });

    storeTest(fixture, "a start that comes late does not replace its own repeat, which has ended", async ({ store, join, row }) => {
      const hand = await join();
      const [first] = await hand.own("i");
      await hand.commit({ updates: [ending(first!, 0)] });
      const replaces = executionId("run of i");
      const late = { start: spec("i", { executionId: executionId("late") }), onExisting: "error", replaces } as const;
      assert.equal((await store.start({ start: again("i"), onExisting: "error", replaces })).outcome, "started");
      const [claimed] = await hand.claim();
      await hand.commit({ updates: [ending(claimed!.no, 1)] });
      const repeat = await row("i");
      assert.deepEqual(await store.start(late), { outcome: "inTheWay", startId: "another" });
      assert.deepEqual(await store.start({ ...late, onExisting: "replace" }), { outcome: "inTheWay", startId: "another" });
      assert.deepEqual(await row("i"), repeat);
    });

    storeTest(fixture, "attach: leaves any existing one alone", async ({ store, join, row }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const start = { start: again("i"), onExisting: "attach" } as const;
      assert.deepEqual(await store.start(start), { outcome: "existing", status: "Pending", executionId: "run of i" });
      await hand.commit({ updates: [ending(no!, 0)] });
      assert.partialDeepStrictEqual(await store.start(start), { outcome: "existing", status: "Completed" });
      assert.equal((await row("i")).no, no);
      assert.equal((await store.start({ start: again("new"), onExisting: "attach" })).outcome, "started");
    });

    storeTest(
      fixture,
      "replace: a live one gets one message, however often it is asked; a finished one is replaced",
      async ({ store, join, row }) => {
        const hand = await join();
        const [no] = await hand.own("i");
        const unseen = { start: again("i"), onExisting: "replace" } as const;
        assert.deepEqual(await store.start(unseen), { outcome: "inTheWay", startId: "run of i" });
        assert.deepEqual(await hand.mail(), []);
        const start = { ...unseen, replaces: executionId("run of i") };
        assert.deepEqual(await store.start(start), { outcome: "replacing", status: "Pending", executionId: "another" });
        assert.equal((await store.start(start)).outcome, "replacing");
        const mail = await hand.mail();
        assert.deepEqual(
          mail.map(({ kind }) => kind),
          ["replace"],
        );
        assert.deepEqual(JSON.parse(mail[0]!.body).start, again("i"));
        await hand.commit({ updates: [ending(no!, 0)], consumed: [{ no: no!, seq: mail[0]!.seq }] });
        assert.equal((await store.start(start)).outcome, "started");
        assert.notEqual((await row("i")).no, no);
      },
    );

    storeTest(
      fixture,
      "a start finds its own instance again after continue-as-new, also when that has ended",
      async ({ store, join, row }) => {
        const hand = await join();
        const [no] = await hand.own("i");
        const [young] = await hand.numbers(1);
        const next = { generation: 1, executionId: executionId("second") };
        await hand.commit({ creates: [birth(young!, "young")], updates: [update(no!, 0, next), update(young!, 0, next)] });
        const third = { generation: 2, executionId: executionId("third") };
        await hand.commit({ updates: [update(no!, 1, third), update(young!, 1, third)] });
        await hand.commit({
          updates: [
            { ...ending(no!, 2), ...third },
            { ...ending(young!, 2), ...third },
          ],
        });
        for (const name of ["i", "young"]) {
          const before = await row(name);
          assert.deepEqual([before.executionId, before.startId], ["third", `run of ${name}`]);
          for (const onExisting of ["error", "replace", "attach"] as const) {
            assert.equal((await store.start({ start: spec(name), onExisting })).outcome, "started");
          }
          assert.deepEqual(await row(name), before);
        }
      },
    );

    storeTest(fixture, "ids compare exactly, and may hold any letter", async ({ store, row }) => {
      const ids = ["straße", "STRASSE", "Straße", "é", "e\u0301", "订单 7", "🚚", "a%b_c*", "' OR 1=1", "nul\\u0000"];
      for (const name of ids) assert.equal((await store.start({ start: spec(name), onExisting: "error" })).outcome, "started");
      for (const name of ids) assert.equal((await row(name)).instanceId, name);
      assert.equal(await store.getInstance(id("strasse")), null);
    });

    storeTest(fixture, "numbers of clients and of workers never meet", async ({ store, join }) => {
      const hand = await join();
      const reserved = await hand.numbers(5);
      for (const name of ["a", "b", "c"]) await store.start({ start: spec(name), onExisting: "error" });
      const more = await hand.numbers(5);
      await hand.commit({ creates: [...reserved, ...more].map((no, index) => birth(no, `w${index}`)) });
      assert.equal((await store.dump()).instances.length, 13);
      await refused(hand.commit({ updates: [update(reserved[0]!, 5)] }), "notOwned");
    });
  });
}
