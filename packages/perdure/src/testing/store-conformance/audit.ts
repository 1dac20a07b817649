import assert from "node:assert/strict";
import { describe } from "node:test";
import { eventId, executionId, instanceId } from "../../model/ids.ts";
import type { AuditNote, AuditRow } from "../../store/audit.ts";
import type { Store } from "../../store/contract.ts";
import { startInstance } from "../../store/start-instance.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { append, birth, ending, id, refused, spec, storeTest, update } from "./hub.ts";

const NOTE: AuditNote = { what: "rewind", by: "web-1:7", reason: 'after the "fix"', detail: '{"droppedEpisodes":2,"keptTo":null}' };

const linesOf = async ({ audit }: Store, of: string): Promise<readonly AuditRow[]> =>
  (await audit.read({ instanceId: instanceId(of), limit: 100, place: null })).rows;

const seen = ({ what, at, firstAt, count, by, reason, detail }: AuditRow) => ({
  what,
  at,
  firstAt,
  count,
  by,
  reason,
  ...JSON.parse(detail),
});

const once = { firstAt: START_OF_TIME + 50, at: START_OF_TIME + 50, count: 1, by: null, reason: null };
const ended = {
  name: "shipOrder",
  status: "Completed",
  createdAt: START_OF_TIME,
  endedAt: START_OF_TIME,
  executionId: "run of i",
  events: 3,
};

/** Each line is there exactly when what it records is. */
export function auditSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: audit`, () => {
    const ends = { executionId: executionId("run of i") };

    storeTest(fixture, "each purged instance leaves a line; what is left alone leaves none", async ({ store, join, clock }) => {
      const hand = await join();
      const [i, child] = await hand.numbers(2);
      const parent = { no: i!, instanceId: id("i"), name: "shipOrder", generation: 0, taskId: eventId(0) };
      await hand.commit({ creates: [birth(i!, "i"), birth(child!, "child", { start: spec("child", { parent }) })] });
      await hand.commit({
        history: [append(i!, 0, 3, "[1,2,3]")],
        updates: [
          { ...ending(i!, 0), ...ends },
          { ...ending(child!, 0), executionId: executionId("run of child") },
        ],
      });
      await hand.own("live");
      clock.now += 50;
      assert.equal((await store.purge({ instanceId: id("live") })).deleted, 0);
      assert.equal((await store.purge({ instanceId: id("i"), recursive: true, by: "retention" })).deleted, 2);
      assert.equal((await store.purge({ instanceId: id("i"), by: "retention" })).deleted, 0);
      assert.deepEqual((await linesOf(store, "i")).map(seen), [{ what: "purge", ...once, by: "retention", ...ended }]);
      assert.deepEqual((await linesOf(store, "child")).map(seen), [
        { what: "purge", ...once, by: "retention", ...ended, executionId: "run of child", events: 0 },
      ]);
      assert.deepEqual(await linesOf(store, "live"), []);
    });

    for (const way of ["client", "worker", "range", "numbers"] as const) {
      storeTest(fixture, `a run that gives way leaves a line: ${way}`, async ({ store, join, clock }) => {
        const hand = await join();
        const [no] = await hand.own("i");
        await hand.commit({ history: [append(no!, 0, 3, "[1,2,3]")], updates: [{ ...ending(no!, 0), ...ends }] });
        clock.now += 50;
        const start = spec("i", { executionId: executionId("next") });
        const range = { createdFrom: 0, createdTo: null, completedBefore: null, statuses: [], limit: 10 };
        if (way === "client") await startInstance(store, { start, onExisting: "error" });
        if (way === "range") await store.purge(range);
        if (way === "numbers") await store.purge({ nos: [no!] });
        if (way === "worker") {
          const [fresh, other] = await hand.numbers(2);
          await hand.commit({ creates: [birth(fresh!, "i", { start, onExisting: "replaceTerminal" }), birth(other!, "new")] });
        }
        const what = way === "client" || way === "worker" ? "replace" : "purge";
        assert.deepEqual((await linesOf(store, "i")).map(seen), [{ what, ...once, ...ended }]);
        assert.deepEqual(await linesOf(store, "new"), []);
      });
    }

    storeTest(fixture, "continue-as-new has one line, however often; a refused batch leaves none", async ({ store, join, clock }) => {
      const hand = await join();
      const [no, other] = await hand.own("i", "other");
      const loop = (version: number, generation: number, continuedAsNew: number) => ({
        ...update(no!, version),
        generation,
        continuedAsNew,
      });
      await hand.commit({ updates: [loop(0, 1, 1), update(other!, 0)] });
      clock.now += 50;
      await hand.commit({ updates: [loop(1, 4, 3)] });
      const line = { what: "continueAsNew", ...once, firstAt: START_OF_TIME, count: 4, executionId: "run of i", name: "shipOrder" };
      assert.deepEqual((await linesOf(store, "i")).map(seen), [line]);
      await refused(hand.commit({ updates: [loop(1, 5, 1)] }), "notOwned");
      assert.deepEqual((await linesOf(store, "i")).map(seen), [line]);
      assert.deepEqual(await linesOf(store, "other"), []);
    });

    storeTest(
      fixture,
      "what a worker notes of an instance says how it was before that batch; refused with it",
      async ({ store, join, clock }) => {
        const hand = await join();
        const [no, other] = await hand.own("i", "other");
        await hand.commit({ history: [append(no!, 0, 3, "[1,2,3]")], updates: [{ ...update(no!, 0), ...ends }] });
        clock.now += 50;
        const note: AuditNote = { what: "skip", by: "web-1:7", reason: 'a\u0000"b"', detail: '{"operation":"add","sender":null}' };
        const notes = [no!, other!].map((one) => ({ no: one, note }));
        await refused(hand.commit({ notes, updates: [{ ...ending(no!, 7), ...ends }] }), "notOwned");
        assert.deepEqual(await linesOf(store, "i"), []);
        await hand.commit({ notes, history: [append(no!, 3, 1, "[4]")], updates: [{ ...update(no!, 1), ...ends }, update(other!, 0)] });
        const [line, ...more] = (await linesOf(store, "i")).map(seen);
        const { name, createdAt, executionId: run } = { ...ended, ...ends };
        assert.deepEqual([line.what, line.by, line.at, line.events, line.endedAt], ["skip", "web-1:7", START_OF_TIME + 50, 3, null]);
        assert.deepEqual(
          [line.name, line.createdAt, line.executionId, line.operation, line.sender, more],
          [name, createdAt, run, "add", null, []],
        );
        assert.match(line.reason, /^a."b"$/s);
        assert.equal((await linesOf(store, "other")).length, 1);
      },
    );

    storeTest(fixture, "one that continues as new in the batch of its birth", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.numbers(1);
      await hand.commit({ creates: [birth(no!, "i")], updates: [{ ...update(no!, 0), generation: 2, continuedAsNew: 2 }] });
      assert.deepEqual(
        (await linesOf(store, "i")).map(({ what, count }) => [what, count]),
        [["continueAsNew", 2]],
      );
    });

    storeTest(fixture, "a rewind leaves a line of the run that had ended, once", async ({ store, join, clock, row }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      await hand.commit({ history: [append(no!, 0, 3, "[1,2,3]")], updates: [{ ...ending(no!, 0), ...ends }] });
      clock.now += 50;
      const { version } = await row("i");
      const reopening = { no: no!, generation: 0, version, executionId: executionId("second"), note: NOTE };
      const history = [{ firstSeq: 0, count: 1, events: "[1]" }];
      for (const outcome of ["reopened", "changed"]) assert.equal(await store.reopen({ ...reopening, history }), outcome);
      const { what, by, reason } = NOTE;
      assert.deepEqual((await linesOf(store, "i")).map(seen), [{ ...once, what, by, reason, ...ended, droppedEpisodes: 2, keptTo: null }]);
    });

    storeTest(fixture, "a fork and a restart leave a line, repeated or not, and say whom they replaced", async ({ store, join, clock }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      await hand.commit({ history: [append(no!, 0, 3, "[1,2,3]")], updates: [{ ...ending(no!, 0), ...ends }] });
      clock.now += 50;
      const fork = { start: spec("fork"), customStatus: null, history: [{ firstSeq: 0, count: 2, events: "[1,2]" }] };
      for (let time = 0; time < 2; time += 1)
        await store.startWithHistory({ ...fork, note: { ...NOTE, what: "fork", reason: "a\u0000b" } });
      const [forked, ...more] = (await linesOf(store, "fork")).map(seen);
      assert.deepEqual([forked.what, forked.events, forked.droppedEpisodes, forked.by, more], ["fork", 2, 2, NOTE.by, []]);

      const note: AuditNote = { what: "restart", by: null, reason: null, detail: '{"from":"i"}' };
      for (const key of ["again", "i"]) {
        const start = spec(key, { executionId: executionId(`restart of ${key}`) });
        for (let time = 0; time < 2; time += 1) await startInstance(store, { start, onExisting: "error", note });
      }
      const pending = { ...ended, status: "Pending", createdAt: clock.now, endedAt: null, executionId: "restart of again", events: 0 };
      assert.deepEqual((await linesOf(store, "again")).map(seen), [{ what: "restart", ...once, ...pending, from: "i" }]);
      assert.deepEqual((await linesOf(store, "i")).map(seen), [{ what: "restart", ...once, ...ended, from: "i" }]);
    });

    storeTest(fixture, "pages of all, the newest first, and the same lines in a dump and in another store", async ({ store, join }) => {
      const hand = await join();
      const nos = await hand.own("a", "b", "c");
      await hand.commit({ updates: nos.map((no, at) => ({ ...ending(no, 0), executionId: executionId(`run of ${"abc"[at]}`) })) });
      for (const key of ["b", "a", "c"]) await store.purge({ instanceId: id(key) });
      const first = await store.audit.read({ instanceId: null, limit: 2, place: null });
      const second = await store.audit.read({ instanceId: null, limit: 2, place: first.next });
      const rows = [...first.rows, ...second.rows];
      assert.deepEqual([rows.map((row) => row.instanceId), second.next], [["c", "a", "b"], null]);
      assert.deepEqual((await store.dump()).audit, rows.toReversed());
      const oldest = await store.audit.read({ instanceId: null, limit: 2, place: null, oldestFirst: true });
      const newer = await store.audit.read({ instanceId: null, limit: 2, place: oldest.next, oldestFirst: true });
      assert.deepEqual([...oldest.rows, ...newer.rows], rows.toReversed());
      const moved = rows.map((row) => ({ ...row, no: null, reason: "moved" }));
      await store.audit.add(moved);
      assert.deepEqual((await store.audit.read({ instanceId: null, limit: 3, place: null })).rows, moved.toReversed());
      assert.deepEqual((await store.audit.read({ instanceId: id("a"), limit: 1, place: null })).rows, [moved[1]]);
    });

    storeTest(fixture, "old lines go in slices; one that still counts stays, and one that is young", async ({ store, join, clock }) => {
      const hand = await join();
      const [loops, ...nos] = await hand.own("loops", "a", "b", "c");
      const loop = (version: number) => ({ ...update(loops!, version), generation: version + 1, continuedAsNew: 1 });
      await hand.commit({
        updates: [loop(0), ...nos.map((no, at) => ({ ...ending(no, 0), executionId: executionId(`run of ${"abc"[at]}`) }))],
      });
      const left = async () => (await store.audit.read({ instanceId: null, limit: 9, place: null })).rows.map((row) => row.instanceId);
      const trim = async (limit: number) => {
        let slices = 0;
        for (let place: number | null = null; slices === 0 || place !== null; slices += 1)
          place = await store.audit.trim({ before: START_OF_TIME + 60, place, limit });
        return slices;
      };
      for (const key of ["a", "b"]) await store.purge({ instanceId: id(key) });
      clock.now += 100;
      await store.purge({ instanceId: id("c") });
      await hand.commit({ updates: [loop(1)] });
      assert.equal(await trim(1), 4, "the first line is old and stays, the last one is young");
      assert.deepEqual(await left(), ["c", "loops"]);
      assert.deepEqual([await trim(2), await left()], [1, ["c", "loops"]]);
      clock.now += 100;
      assert.equal(await store.audit.trim({ before: clock.now, place: null, limit: 100 }), null);
      assert.deepEqual(await left(), []);
      await hand.commit({ updates: [loop(2)] });
      assert.deepEqual(
        (await linesOf(store, "loops")).map(({ count }) => count),
        [1],
        "it counts from one again",
      );
    });
  });
}
