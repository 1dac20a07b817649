import assert from "node:assert/strict";
import { describe } from "node:test";
import type { InstanceNo } from "../../model/ids.ts";
import { eventId, executionId, instanceNo } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import { startInstance } from "../../store/start-instance.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { append, ending, event, id, NOTHING_SWEPT, spec, storeTest, task, toNo, update } from "./hub.ts";

const LONG = JSON.stringify("x".repeat(50_000));
const history = (...texts: readonly string[]) => texts.map((events, firstSeq) => ({ firstSeq, count: 1, events: `[${events}]` }));
const run = executionId("second run");

const failing = (no: InstanceNo, expectedVersion: number, generation = 0) =>
  ({
    ...ending(no, expectedVersion),
    status: "Failed",
    generation,
    executionId: generation === 0 ? executionId("run of i") : run,
  }) as const;
const failure = { errorType: "Error", message: "x" };
const terminate: Message = { kind: "terminate", ts: START_OF_TIME, reason: null };
const suspend: Message = { kind: "suspend", ts: START_OF_TIME, reason: null };

/** Rewind and fork: an instance that has ended lives again, and one begins with a history. */
export function editsSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: histories that are written as a whole`, () => {
    storeTest(fixture, "what has ended is ready again, with the next generation and its history", async ({ store, join, clock, row }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      await hand.commit({
        history: [append(no!, 0, 1, "[1]")],
        updates: [{ ...ending(no!, 0, LONG), executionId: executionId("run of i"), customStatus: '"half"' }],
        newTasks: [task(no!, 3)],
      });
      clock.now += 1_000;
      const before = await row("i");
      const reopening = { no: no!, generation: 0, version: before.version, executionId: run, history: history('"a"', LONG) };
      assert.equal(await store.reopen(reopening), "reopened");

      const after = await row("i");
      const { status, output, completedAt, owner, wakeAt, generation, customStatus, input, startId } = after;
      assert.deepEqual(
        { status, output, completedAt, owner, wakeAt, generation, customStatus, input, startId, executionId: after.executionId },
        {
          status: "Running",
          output: null,
          completedAt: null,
          owner: null,
          wakeAt: clock.now,
          generation: 1,
          customStatus: '"half"',
          input: before.input,
          startId: "run of i",
          executionId: run,
        },
      );
      assert.ok(after.version > before.version);
      assert.deepEqual(await store.readHistory(id("i")), [
        { generation: 1, firstSeq: 0, count: 1, events: '["a"]' },
        { generation: 1, firstSeq: 1, count: 1, events: `[${LONG}]` },
      ]);
      const [claimed] = await hand.claim();
      const [loaded] = await store.load([claimed!.no]);
      assert.deepEqual([loaded?.row.owner, loaded?.history.length, loaded?.tasks], [hand.worker, 2, []]);
      assert.equal((await hand.claimTasks()).length, 0);
      await hand.commit({ updates: [{ ...ending(no!, claimed!.version), generation: 1, executionId: run }] });
      assert.equal((await row("i")).output, '"done"');
      assert.ok((await store.sweep()).pastHistory > 0);
    });

    storeTest(fixture, "nothing is done to what is live, gone, or not as it was seen", async ({ store, join, row }) => {
      const hand = await join();
      const nos = await hand.own("live", "ended");
      await hand.commit({ updates: [update(nos[0]!, 0), ending(nos[1]!, 0)] });
      const ended = await row("ended");
      const as = { generation: 0, executionId: run, history: history("1") };
      assert.equal(await store.reopen({ ...as, no: nos[0]!, version: (await row("live")).version }), "changed");
      assert.equal(await store.reopen({ ...as, no: instanceNo(nos[1]! + 5_000), version: 0 }), "changed");
      assert.equal(await store.reopen({ ...as, no: nos[1]!, version: ended.version + 1 }), "changed");
      assert.equal(await store.reopen({ ...as, no: nos[1]!, generation: 1, version: ended.version }), "changed");
      assert.deepEqual(await row("ended"), ended);
      const twice = { ...as, no: nos[1]!, version: ended.version };
      assert.equal(await store.reopen(twice), "reopened");
      assert.equal(await store.reopen(twice), "changed");
      assert.equal((await store.readHistory(id("ended"))).length, 1);
    });

    for (const sweeps of [0, 2]) {
      const title = `events that one had accepted when it failed are delivered, in order and once, with ${sweeps} sweeps between; its other mail is not`;
      storeTest(fixture, title, async ({ store, join, row }) => {
        const hand = await join();
        const [no] = await hand.own("i");
        const reply: Message = { kind: "childFailed", ts: START_OF_TIME, generation: 0, taskId: eventId(1), result: null, failure };
        const mail = [event("1"), reply, event("2", { messageId: "m" }), terminate, event("3"), suspend].map((message) =>
          toNo(no!, message),
        );
        await hand.commit({ messages: mail, updates: [update(no!, 0)] });
        await hand.commit({ updates: [failing(no!, 1)] });
        for (let swept = 0; swept < sweeps; swept += 1)
          assert.deepEqual(await store.sweep(), { ...NOTHING_SWEPT, droppedMail: swept === 0 ? 3 : 0 });
        const unread = (await store.load([no!]))[0]?.inbox.filter(({ kind }) => kind === "event").map(({ body }) => JSON.parse(body).name);
        assert.deepEqual([unread, await hand.mail(), await hand.claim()], [["1", "2", "3"], [], []]);

        await store.reopen({ no: no!, generation: 0, version: (await row("i")).version, executionId: run, history: history("1") });
        assert.equal((await store.deliver({ instanceId: id("i"), message: event("late") })).outcome, "delivered");
        assert.equal((await store.deliver({ instanceId: id("i"), message: event("2", { messageId: "m" }) })).outcome, "delivered");
        assert.equal((await hand.claim()).length, 1);
        const inbox = await hand.mail();
        assert.deepEqual(
          inbox.map(({ body }) => JSON.parse(body).name),
          ["1", "2", "3", "late"],
        );
        assert.deepEqual([(await store.load([no!]))[0]?.inbox, (await store.dump()).unread], [inbox, []]);
        assert.deepEqual(await store.sweep(), { ...NOTHING_SWEPT, pastHistory: 0 });
        await hand.commit({ updates: [failing(no!, (await row("i")).version, 1)], consumed: inbox.map(({ seq }) => ({ no: no!, seq })) });
        await store.sweep();
        assert.deepEqual([(await store.load([no!]))[0]?.inbox, (await store.dump()).unread], [[], []]);
      });
    }

    storeTest(fixture, "unread events are kept for failed instances alone, and go with them", async ({ store, join, row }) => {
      const hand = await join();
      const [done, ended, purged, replaced] = await hand.own("done", "ended", "purged", "replaced");
      const all = [done!, ended!, purged!, replaced!];
      await hand.commit({ messages: all.map((no) => toNo(no, event("e"))), updates: all.map((no) => update(no, 0)) });
      const terminated = { ...ending(ended!, 1), status: "Terminated" } as const;
      await hand.commit({ updates: [ending(done!, 1), terminated, failing(purged!, 1), failing(replaced!, 1)] });
      assert.equal((await store.sweep()).droppedMail, 2);
      const { inbox, unread } = await store.dump();
      assert.deepEqual([inbox, unread.map(({ no }) => no)], [[], [purged, replaced]]);

      assert.equal((await store.purge({ instanceId: id("purged") })).deleted, 1);
      await startInstance(store, { start: spec("replaced", { executionId: run }), onExisting: "error" });
      const { no } = await row("replaced");
      assert.notEqual(no, replaced);
      assert.deepEqual([(await store.load([no]))[0]?.inbox, (await store.dump()).unread], [[], []]);
    });

    storeTest(fixture, "an instance begins with a history, once", async ({ store, join, clock, row }) => {
      const hand = await join();
      const start = spec("fork", { executionId: run, tags: { "perdure.forkedFrom": "i" } });
      const asked = { start, customStatus: '"half"', history: history('"a"', LONG) };
      for (let time = 0; time < 2; time += 1)
        assert.deepEqual(await store.startWithHistory(asked), { outcome: "started", status: "Running", executionId: run });
      const { status, customStatus, wakeAt, generation, tags, createdAt } = await row("fork");
      assert.deepEqual(
        { status, customStatus, wakeAt, generation, tags, createdAt },
        { status: "Running", customStatus: '"half"', wakeAt: clock.now, generation: 0, tags: start.tags, createdAt: START_OF_TIME },
      );
      assert.deepEqual(
        (await store.readHistory(id("fork"))).map(({ events }) => events),
        ['["a"]', `[${LONG}]`],
      );
      const other = { ...asked, start: { ...start, executionId: executionId("another") } };
      assert.equal((await store.startWithHistory(other)).outcome, "conflict");
      const [claimed] = await hand.claim();
      await hand.commit({ updates: [{ ...ending(claimed!.no, claimed!.version), executionId: run }] });
      const replaced = await startInstance(
        { start: (params) => store.startWithHistory({ ...other, ...params }) },
        { ...other, onExisting: "error" },
      );
      assert.equal(replaced.outcome, "started");
      assert.equal((await store.readHistory(id("fork"))).length, 2);
    });
  });
}
