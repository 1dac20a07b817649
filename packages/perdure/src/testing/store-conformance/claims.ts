import assert from "node:assert/strict";
import { describe } from "node:test";
import { functionKey, sameName } from "../../model/function-name.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { executionId } from "../../model/ids.ts";
import type { Versions } from "../../model/versions.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { birth, ending, event, id, keysOf, NAME, NO_WORKER, spec, stopReason, storeTest, task, update } from "./hub.ts";

/** As started, and as registered: mostly the same function, since each letter counts by itself and in both its cases. */
const SPELLINGS = [
  ["ΟΔΟΣ", "οδοσ"],
  ["οδος", "ΟΔΟΣ"],
  ["\u00b5s", "\u03bcs"],
  ["\u212aelvin", "kelvin"],
  ["ſhip", "SHIP"],
  ["İptal", "İPTAL"],
  ["STRAẞE", "straße"],
  ["İptal", "i\u0307ptal"],
  ["strasse", "straße"],
] as const;

export function claimsSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: claims`, () => {
    storeTest(fixture, "only for own functions, without case", async ({ store, join, row }) => {
      const theirs = await join({ orchestrator: ["OTHER"] });
      const ours = await join({ orchestrator: [NAME.toUpperCase()] });
      await store.start({ start: spec("i"), onExisting: "error" });
      assert.deepEqual(await theirs.claim(), []);
      const [claimed] = await ours.claim();
      const { no, version, owner, wakeAt, nextWake } = await row("i");
      assert.deepEqual([claimed, owner, wakeAt, nextWake], [{ no, version }, ours.worker, null, "now"]);
      assert.equal(version, 1);
      assert.deepEqual(await ours.claim(), [], "once");
    });

    for (const [asked, registered] of SPELLINGS) {
      storeTest(fixture, `for names whose keys are equal, and no others: ${asked}, ${registered}`, async ({ store, join }) => {
        const [hand, other] = [await join({ orchestrator: [registered], activity: [registered] }), await join({})];
        const count = sameName(asked, registered) ? 1 : 0;
        const keys = keysOf({ orchestrator: [registered], activity: [registered] });
        const [no, next] = await other.numbers(2);
        await store.start({ start: spec("i", { name: asked }), onExisting: "error" });
        const creates = [birth(no!, "calls"), birth(next!, "stopped", { start: spec("stopped", { name: asked }) })];
        await other.commit({ creates, newTasks: [task(no!, 1, { name: asked })] });
        await other.commit({ stops: [{ no: next!, version: 0, reason: stopReason(), crashes: null }] });
        const { instanceAt, taskAt } = await store.look({ worker: hand.worker, keys });
        assert.deepEqual([instanceAt !== null, taskAt !== null], [count === 1, count === 1], "look");
        const { instances, tasks } = await store.readWaiting();
        assert.deepEqual([instances, tasks], [[functionKey(asked)], [functionKey(asked)]]);
        assert.equal((await hand.claim()).length, count, "claim");
        const limits = { [functionKey(registered)]: 0 };
        const claimTasks = { limit: 5, keys: keys.tasks, suspects: [] };
        assert.equal((await hand.commit({ claimTasks: { ...claimTasks, limits } })).claimedTasks.length, 0, "limit");
        assert.equal((await hand.commit({ claimTasks })).claimedTasks.length, count, "claim of a task");
        assert.equal(await store.resumeForCode({ keys: keys.instances, codeVersion: null }), count, "resume");
      });
    }

    storeTest(
      fixture,
      "of a name only the versions that are taken, null being none; of other names any",
      async ({ store, join, clock, row }) => {
        const hand = await join();
        const versions = ["1.0", "2.0", '2"0', "1.0.0", null];
        for (const [index, version] of versions.entries()) {
          await store.start({ start: spec(`v${index}`, { version, startAt: START_OF_TIME + index }), onExisting: "error" });
        }
        await store.start({ start: spec("other", { name: "other", version: "1.0", startAt: START_OF_TIME + 9 }), onExisting: "error" });
        const keys = keysOf({ orchestrator: [NAME, "other"] });
        const of = (...taken: readonly (string | null)[]) => new Map([[functionKey(NAME), taken]]);
        const instanceAt = async (taken: Versions | undefined) => {
          const look = await store.look({ worker: hand.worker, keys, ...(taken === undefined ? {} : { versions: taken }) });
          return look.instanceAt === null ? null : look.instanceAt - START_OF_TIME;
        };
        assert.equal(await instanceAt(undefined), 0);
        assert.equal(await instanceAt(of("2.0", null)), 1);
        assert.equal(await instanceAt(of(null)), 4);
        assert.equal(await instanceAt(of("1.0.0")), 3);
        assert.equal(await instanceAt(of()), 9);
        const waiting = await store.readWaiting();
        assert.deepEqual(waiting.instances, [functionKey(NAME)], "one is due");
        assert.deepEqual(waiting.versions.get(functionKey(NAME)), [null, "1.0", "1.0.0", '2"0', "2.0"]);
        assert.deepEqual([...waiting.versions.keys()].sort(), [functionKey(NAME), functionKey("other")].sort());
        clock.now += 1_000;
        const claim = async (taken: Versions) => {
          const { claimed } = await hand.commit({ claim: { limit: 10, keys: keys.instances, versions: taken, suspects: [64, 1] } });
          const loaded = await store.load(claimed.map(({ no }) => no));
          return loaded.map((one) => one.row.instanceId).sort();
        };
        assert.deepEqual(await claim(of('2"0', null)), ["other", "v2", "v4"]);
        assert.deepEqual(await claim(of("3.0")), []);
        assert.deepEqual(await claim(of("2.0")), ["v1"]);
        assert.equal((await row("v0")).owner, null);
        assert.equal((await hand.claim()).length, 2, "none is left out where no version is asked for");
      },
    );

    storeTest(fixture, "a crash suspect is claimed only in a version that is taken", async ({ store, join, clock }) => {
      for (const version of ["1.0", "2.0"]) await store.start({ start: spec(version, { version }), onExisting: "error" });
      for (let death = 0; death < 2; death += 1) {
        const dead = await join();
        assert.equal((await dead.claim(100, [64, 1])).length, 2);
        await dead.die(clock);
        await store.takeOver({ dead: dead.worker, limit: 10 });
      }
      const hand = await join();
      const keys = keysOf({ orchestrator: [NAME] }).instances;
      const versions = (version: string) => new Map([[functionKey(NAME), [version]]]);
      const look = (version: string) =>
        store.look({ worker: hand.worker, keys: keysOf({ orchestrator: [NAME] }), versions: versions(version) });
      assert.ok((await look("2.0")).suspectAt !== null);
      assert.equal((await look("3.0")).suspectAt, null);
      const { claimed, claimedSuspect } = await hand.commit({ claim: { limit: 10, keys, versions: versions("2.0"), suspects: [64, 1] } });
      assert.deepEqual([claimed.length, claimedSuspect], [1, true]);
    });

    storeTest(fixture, "soonest first, up to the limit, and nothing before its time", async ({ store, join, clock }) => {
      for (const [name, startAt] of [
        ["c", 30],
        ["a", 10],
        ["b", 20],
        ["late", 5_000],
      ] as const) {
        await store.start({ start: spec(name, { startAt: START_OF_TIME + startAt }), onExisting: "error" });
      }
      const hand = await join({ orchestrator: ["absent", NAME, NAME.toLowerCase()] });
      assert.deepEqual(await hand.claim(), []);
      clock.now += 1_000;
      const nos = [...(await hand.claim(2)), ...(await hand.claim())].map(({ no }) => no);
      const rows = await store.load(nos);
      assert.deepEqual(
        rows.map(({ row }) => row.instanceId),
        ["a", "b", "c"],
      );
    });

    storeTest(fixture, "never stopped, never finished, never owned ones", async ({ store, join }) => {
      const hand = await join();
      const [stopped, done] = await hand.own("stopped", "done", "owned");
      await hand.commit({ stops: [{ no: stopped!, version: 0, reason: stopReason(), crashes: null }], updates: [ending(done!, 0)] });
      await store.deliver({ instanceId: id("stopped"), message: event("e") });
      assert.equal((await store.deliver({ instanceId: id("done"), message: event("e") })).outcome, "done");
      assert.deepEqual(await (await join()).claim(), []);
    });

    storeTest(fixture, "nextWake tells when something is to be claimed", async ({ store, join, clock }) => {
      const hand = await join();
      const ask = () => store.look({ worker: NO_WORKER, keys: keysOf({ orchestrator: [NAME.toUpperCase()] }) });
      const { now, instanceAt, taskAt } = await ask();
      assert.deepEqual([now, instanceAt, taskAt], [clock.now, null, null]);
      await store.start({ start: spec("later", { startAt: START_OF_TIME + 900 }), onExisting: "error" });
      await store.start({ start: spec("sooner", { startAt: START_OF_TIME + 300 }), onExisting: "error" });
      assert.equal((await ask()).instanceAt, START_OF_TIME + 300);
      assert.equal((await store.look({ worker: NO_WORKER, keys: keysOf({ orchestrator: ["absent"] }) })).instanceAt, null);
      clock.now += 500;
      await hand.claim();
      assert.equal((await ask()).instanceAt, START_OF_TIME + 900);
    });
  });

  describe(`${fixture.name}: takeover`, () => {
    storeTest(
      fixture,
      "1,200 instances in slices: the dormant sleep on, the busy are ready, crashes are counted",
      async ({ store, join, clock }) => {
        const dead = await join();
        const ids = Array.from({ length: 1_200 }, (_, index) => `i${index}`);
        const nos = await dead.own(...ids);
        const far = clock.now + 3_600_000;
        const soon = clock.now + 1_000;
        const wakes = [null, far, "now", soon] as const;
        await dead.commit({ updates: nos.map((no, index) => update(no, 0, { nextWake: wakes[index % 4]! })) });
        await store.deliver({ instanceId: id("i0"), message: event("for a dormant one") });
        await dead.die(clock);
        assert.deepEqual(await store.takeOver({ dead: dead.worker, limit: 500 }), { freed: 500, done: false });
        assert.deepEqual(await store.takeOver({ dead: dead.worker, limit: 500 }), { freed: 500, done: false });
        assert.deepEqual(await store.takeOver({ dead: dead.worker, limit: 500 }), { freed: 200, done: true });
        const { now } = await store.readWorkers();
        const { instances, workers } = await store.dump();
        assert.deepEqual(workers, []);
        const seen = instances.map(({ wakeAt, crashes, owner, version }) => ({ wakeAt, crashes, owner, version }));
        const expected = ids.map((_, index) => {
          const kind = index % 4;
          const hadWork = index === 0 || kind >= 2;
          const wakeAt = hadWork ? now : kind === 1 ? far : null;
          return { wakeAt, crashes: hadWork ? 1 : 0, owner: null, version: 2 };
        });
        assert.deepEqual(seen, expected);
      },
    );

    storeTest(fixture, "a dead worker's tasks are free, and count its death", async ({ store, join, clock }) => {
      const [owner, runner] = [await join(), await join()];
      const [no] = await owner.own("i");
      const key = { no: no as InstanceNo, generation: 0, eventId: 1 };
      await owner.commit({ newTasks: [taskOf(no!)] });
      await runner.claimTasks();
      await runner.die(clock);
      await store.takeOver({ dead: runner.worker, limit: 500 });
      const [freed] = await store.loadTasks([key]);
      assert.deepEqual([freed?.worker, freed?.crashes, freed?.attempts], [null, 1, 1]);
    });

    storeTest(fixture, "a dead worker writes nothing, and what it had can be claimed", async ({ store, join, clock, row }) => {
      const [dead, heir] = [await join(), await join()];
      const [no] = await dead.own("i");
      const late = dead.batch({ updates: [update(no!, 0, { executionId: executionId("late") })] });
      await dead.die(clock);
      await store.commit(late).then(
        () => assert.fail("written by the dead"),
        () => {},
      );
      await store.takeOver({ dead: dead.worker, limit: 10 });
      assert.deepEqual(await heir.claim(), [{ no, version: 2 }]);
      assert.equal((await row("i")).executionId, "run of i");
      const { owner } = await row("i");
      assert.equal(owner, heir.worker);
    });

    storeTest(fixture, "the sweep finishes what a takeover began", async ({ store, join, clock }) => {
      const dead = await join();
      await dead.own("a", "b");
      await dead.die(clock);
      const swept = await store.sweep();
      assert.deepEqual([swept.repaired, swept.tombstones], [0, 1]);
      const heir = await join();
      assert.equal((await heir.claim()).length + (await heir.claim()).length, 2);
    });
  });
}

const taskOf = (no: InstanceNo) => ({
  no,
  generation: 0,
  eventId: 1 as never,
  instanceId: id("i"),
  name: "Pack",
  claimed: false,
  notBefore: START_OF_TIME,
  crashes: 0,
  body: "{}",
  progress: null,
});
