import assert from "node:assert/strict";
import { describe } from "node:test";
import { eventId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { birth, keysOf, NO_WORKER, spec, storeTest, task, toNo } from "./hub.ts";

const result: Message = { kind: "taskCompleted", ts: START_OF_TIME, generation: 0, taskId: eventId(1), result: null };

export function tasksSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: shared tasks`, () => {
    storeTest(
      fixture,
      "claimed by who has the function, when its time has come, with the attempt on record",
      async ({ store, join, clock }) => {
        const [owner, other, runner] = [await join(), await join({ activity: ["else"] }), await join({ activity: ["PACK"] })];
        const [no] = await owner.own("i");
        const later = task(no!, 2, { notBefore: START_OF_TIME + 500 });
        const receipt = await owner.commit({ newTasks: [task(no!, 1), later] });
        assert.equal(receipt.madeReady, true);
        assert.deepEqual(await other.claimTasks(), []);
        assert.deepEqual(await runner.claimTasks(), [{ no, generation: 0, eventId: 1 }]);
        assert.deepEqual(await runner.claimTasks(), []);
        assert.equal((await store.look({ worker: NO_WORKER, keys: keysOf({ activity: ["Pack"] }) })).taskAt, START_OF_TIME + 500);
        clock.now += 500;
        assert.equal((await runner.claimTasks()).length, 1);
        const [row] = await store.loadTasks([
          { no: no!, generation: 0, eventId: 1 },
          { no: no!, generation: 9, eventId: 1 },
        ]);
        const { claimed: _, ...columns } = task(no!, 1);
        assert.deepEqual(row, { ...columns, worker: runner.worker, attempts: 1, createdAt: START_OF_TIME });
      },
    );

    storeTest(fixture, "of an activity with a limit no more than that are given", async ({ join }) => {
      const hand = await join({ activity: ["Pack", "weigh"] });
      const [no] = await hand.own("i");
      const packs = [1, 2, 3, 4].map((event) => task(no!, event));
      const weighs = [5, 6].map((event) => task(no!, event, { name: "weigh", notBefore: START_OF_TIME - 1 }));
      await hand.commit({ newTasks: [...packs, ...weighs] });
      const claim = async (limit: number, limits: { readonly [activity: string]: number }) => {
        const claimTasks = { limit, keys: keysOf({ activity: ["Pack", "weigh"] }).tasks, limits, suspects: [] };
        const { claimedTasks } = await hand.commit({ claimTasks });
        return claimedTasks.map(({ eventId: id }) => id).sort((a, b) => a - b);
      };
      assert.deepEqual(await claim(10, { pack: 0, weigh: 1 }), [5]);
      assert.deepEqual(await claim(2, { pack: 1 }), [1, 6]);
      assert.deepEqual(await claim(10, { pack: 2 }), [2, 3]);
      assert.deepEqual(await claim(10, {}), [4]);
    });

    storeTest(fixture, "a name that every object has is one like others, and has no limit of itself", async ({ join }) => {
      const names = ["constructor", "__proto__", "hasOwnProperty"];
      const hand = await join({ activity: names });
      const [no] = await hand.own("i");
      await hand.commit({ newTasks: names.map((name, event) => task(no!, event, { name })) });
      const claimTasks = { limit: 10, keys: keysOf({ activity: names }).tasks, limits: { other: 1 }, suspects: [] };
      assert.equal((await hand.commit({ claimTasks })).claimedTasks.length, 3);
    });

    storeTest(fixture, "what is due and waits for a worker is known by its keys", async ({ store, join, clock }) => {
      const hand = await join();
      const keys = async () => {
        const { instances, tasks } = await store.readWaiting();
        return { instances, tasks };
      };
      assert.deepEqual(await keys(), { instances: [], tasks: [] });
      const [own, free, later] = await hand.numbers(3);
      const ready = birth(free!, "free", { owned: false, start: spec("free", { name: "ShipAll" }) });
      const scheduled = birth(later!, "later", { owned: false, wakeAt: START_OF_TIME + 500, start: spec("later", { name: "bill" }) });
      await hand.commit({ creates: [birth(own!, "own"), ready, scheduled] });
      const tasks = [task(own!, 1, { name: "Weigh" }), task(own!, 2, { name: "weigh" }), task(own!, 3, { claimed: true })];
      await hand.commit({ newTasks: [...tasks, task(own!, 4, { name: "pack", notBefore: START_OF_TIME + 500 })] });
      assert.deepEqual(await keys(), { instances: ["shipall"], tasks: ["weigh"] });
      clock.now += 500;
      await hand.commit({});
      assert.deepEqual(await keys(), { instances: ["bill", "shipall"], tasks: ["pack", "weigh"] });
    });

    storeTest(fixture, "one that its runner claims from the first row on", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      assert.equal((await hand.commit({ newTasks: [task(no!, 1, { claimed: true, progress: "7" })] })).madeReady, false);
      const { tasks } = (await store.load([no!]))[0]!;
      assert.deepEqual(
        tasks.map(({ worker, attempts, progress }) => [worker, attempts, progress]),
        [[hand.worker, 1, "7"]],
      );
      assert.deepEqual(await (await join()).claimTasks(), []);
    });

    storeTest(fixture, "a result counts once, and only of the attempt on record", async ({ store, join, clock }) => {
      const [owner, slow, quick] = [await join(), await join(), await join()];
      const [no] = await owner.own("i");
      await owner.commit({ newTasks: [task(no!, 1)] });
      await slow.claimTasks();
      const done = (attempts: number) => ({ no: no!, generation: 0, eventId: eventId(1), attempts, message: toNo(no!, result) });
      await slow.die(clock);
      await store.takeOver({ dead: slow.worker, limit: 10 });
      assert.equal((await quick.claimTasks()).length, 1, "the first death makes nothing a suspect");
      assert.deepEqual((await quick.commit({ finishedTasks: [done(1)] })).owners, [], "a stale attempt");
      assert.deepEqual((await owner.commit({ finishedTasks: [done(2)] })).mailFor, [], "another worker's");
      assert.deepEqual((await quick.commit({ finishedTasks: [done(2)] })).owners, [owner.worker]);
      assert.deepEqual((await quick.commit({ finishedTasks: [done(2)] })).owners, [], "a second time");
      assert.deepEqual(
        (await owner.mail()).map(({ kind }) => kind),
        ["taskCompleted"],
      );
      assert.deepEqual((await store.dump()).tasks, []);
    });

    storeTest(fixture, "a claim that is given back is free for all, once, by the attempt on record", async ({ store, join }) => {
      const [owner, hand, other] = [await join(), await join(), await join()];
      const [no] = await owner.own("i");
      await owner.commit({ newTasks: [task(no!, 1, { progress: "7" }), task(no!, 2)] });
      assert.equal((await hand.claimTasks()).length, 2);
      const back = (event: number, attempts: number) => ({ no: no!, generation: 0, eventId: eventId(event), attempts, crashes: 0 });
      assert.equal((await other.commit({ givenBackTasks: [back(1, 1)] })).madeReady, false, "another worker's");
      assert.equal((await hand.commit({ givenBackTasks: [back(1, 2), back(9, 1)] })).madeReady, false, "another attempt, none at all");
      assert.deepEqual(await other.claimTasks(), []);
      assert.equal((await hand.commit({ givenBackTasks: [back(1, 1), { ...back(2, 1), crashes: 3 }] })).madeReady, true);
      assert.equal((await hand.commit({ givenBackTasks: [back(1, 1)] })).madeReady, false, "a second time");
      assert.deepEqual(await other.claimTasks(), [{ no, generation: 0, eventId: 1 }]);
      const [row] = await store.loadTasks([{ no: no!, generation: 0, eventId: 1 }]);
      assert.deepEqual([row?.worker, row?.attempts, row?.crashes, row?.progress], [other.worker, 2, 0, "7"]);
      assert.deepEqual(await other.claimTasks(10, [64, 1]), [{ no, generation: 0, eventId: 2 }], "losses count like deaths");
      await hand.commit({ finishedTasks: [{ no: no!, generation: 0, eventId: eventId(1), attempts: 1, message: null }] });
      assert.equal((await store.dump()).tasks.length, 2, "what the first attempt brings comes too late");
    });

    storeTest(
      fixture,
      "one that is given back in the batch of its row, or by a worker that is dead by then",
      async ({ store, join, clock }) => {
        const [hand, other] = [await join(), await join()];
        const [no] = await hand.own("i");
        const back = { no: no!, generation: 0, eventId: eventId(1), attempts: 1, crashes: 0 };
        assert.equal((await hand.commit({ newTasks: [task(no!, 1, { claimed: true })], givenBackTasks: [back] })).madeReady, true);
        assert.equal((await other.claimTasks()).length, 1);
        await other.die(clock);
        await assert.rejects(other.commit({ givenBackTasks: [{ ...back, attempts: 2 }] }), { refusal: { kind: "fenced" } });
        assert.equal((await store.dump()).tasks[0]?.worker, other.worker);
      },
    );

    storeTest(fixture, "suspects: as many as there is room for, of one suspicion at a time", async ({ join, store, clock }) => {
      const dead = await join();
      const [no] = await dead.own("i");
      const crashes = [1, 2, 3, 3, 5, 2, 2];
      await dead.commit({ newTasks: crashes.map((count, index) => task(no!, index, { crashes: count, claimed: index === 0 })) });
      await dead.die(clock);
      await store.takeOver({ dead: dead.worker, limit: 10 });
      const hand = await join();
      await hand.claim(10);
      assert.deepEqual(await hand.claimTasks(), [], "the first one has become a suspect by this death");
      assert.deepEqual(await hand.claimTasks(0, [9, 9]), []);
      const claim = async (suspects: readonly number[]) => (await hand.claimTasks(10, suspects)).map((key) => key.eventId);
      assert.deepEqual(await claim([3, 1]), [0, 1, 5]);
      assert.deepEqual(await claim([0, 1]), [2], "no room for the other");
      assert.deepEqual(await claim([3, 1]), [6]);
      assert.deepEqual(await claim([3, 1]), [3]);
      assert.deepEqual(await claim([3, 1]), [4]);
      assert.deepEqual(await claim([3, 1]), []);
      const [row] = await store.loadTasks([{ no: no!, generation: 0, eventId: 0 }]);
      assert.deepEqual([row?.crashes, row?.attempts], [2, 2]);
    });

    storeTest(fixture, "soonest first, up to the limit", async ({ join, clock }) => {
      const hand = await join({ activity: ["pack", "weigh"] });
      const [no] = await hand.own("i");
      const offsets = [30, 10, 40, 20];
      const newTasks = offsets.map((offset, index) =>
        task(no!, offset, { name: index % 2 === 0 ? "pack" : "weigh", notBefore: START_OF_TIME + offset }),
      );
      await hand.commit({ newTasks });
      clock.now += 100;
      assert.deepEqual(
        (await hand.claimTasks(3)).map((key) => key.eventId),
        [10, 20, 30],
      );
    });

    storeTest(fixture, "heartbeats of the runner are kept, of others not", async ({ store, join }) => {
      const [runner, other] = [await join(), await join()];
      const [no] = await runner.own("i");
      await runner.commit({ newTasks: [task(no!, 1, { claimed: true })] });
      const beat = (progress: string | null) => [{ no: no!, generation: 0, eventId: eventId(1), progress }];
      const progress = async () => (await store.loadTasks([{ no: no!, generation: 0, eventId: 1 }]))[0]?.progress;
      await runner.commit({ heartbeats: beat('"half"') });
      await other.commit({ heartbeats: beat('"lie"') });
      assert.equal(await progress(), '"half"');
      await runner.commit({ heartbeats: beat(null) });
      assert.equal(await progress(), null);
    });

    storeTest(fixture, "cancelled: one, or all of the generations so far", async ({ store, join }) => {
      const hand = await join();
      const [no, other] = await hand.own("i", "j");
      const newTasks = [task(no!, 1), task(no!, 2), task(no!, 1, { generation: 1 }), task(no!, 1, { generation: 2 }), task(other!, 1)];
      await hand.commit({ newTasks });
      const left = async () =>
        (await store.dump()).tasks.map((row) => `${row.no === no ? "i" : "j"}${row.generation}.${row.eventId}`).sort();
      await hand.commit({ cancelTasks: [{ no: no!, generation: 0, eventId: eventId(2) }] });
      assert.deepEqual(await left(), ["i0.1", "i1.1", "i2.1", "j0.1"]);
      await hand.commit({ cancelTasks: [{ no: no!, generation: 1, eventId: null }] });
      assert.deepEqual(await left(), ["i2.1", "j0.1"]);
    });
  });
}
