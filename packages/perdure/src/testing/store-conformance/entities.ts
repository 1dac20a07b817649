import assert from "node:assert/strict";
import { describe } from "node:test";
import { functionKey, prefixed } from "../../model/function-name.ts";
import type { InstanceId, InstanceNo } from "../../model/ids.ts";
import type { NewTarget, OutgoingMessage } from "../../store/commit.ts";
import type { EntityQuery } from "../../store/entities.ts";
import { StoreRefusalError } from "../../store/errors.ts";
import type { InstanceFilter } from "../../store/queries.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import type { Bench, Hand } from "./hub.ts";
import { append, ending, event, id, spec, storeTest, toNo, update } from "./hub.ts";

const ENTITY = "@counter@a";
const keyOf = (entity: string) => prefixed("@", functionKey(entity.split("@")[1] ?? ""));

const target = (entity: string): NewTarget => ({
  start: spec(entity, { name: entity.split("@")[1] ?? "", input: null }),
  status: "Running",
});

const signal = (entity: string, name = "add"): OutgoingMessage => ({
  to: { instanceId: id(entity) },
  message: event(name),
  orCreate: target(entity),
});

/** These entities, owned at version 1, with their mail read. */
async function owned(hand: Hand, ...entities: readonly string[]): Promise<readonly InstanceNo[]> {
  await hand.commit({ messages: entities.map((entity) => signal(entity)) });
  const keys = [...new Set(entities.map(keyOf))];
  const { claimed } = await hand.commit({ claim: { limit: 100, keys, suspects: [] } });
  assert.equal(claimed.length, entities.length);
  const taken = new Set(claimed.map(({ no }) => no));
  await hand.commit({ consumed: (await hand.mail()).filter(({ no }) => taken.has(no)) });
  const rows = await hand.store.readInstances(entities.map(id));
  const nos = new Map(rows.map(({ instanceId, no }) => [instanceId, no]));
  return entities.map((entity) => nos.get(id(entity))!);
}

const dropped = (no: InstanceNo, version: number) => ({ no, version, nextWake: null, asReady: false, drop: true });

const ALL: EntityQuery = {
  prefix: "@",
  updatedFrom: null,
  updatedTo: null,
  emptyOnes: true,
  showState: true,
  after: null,
  limit: 100,
};

async function idsOf({ store }: Bench, query: Partial<EntityQuery>): Promise<readonly string[]> {
  const found: string[] = [];
  let after: InstanceId | null = null;
  do {
    const page = await store.readEntities({ ...ALL, after, ...query });
    found.push(...page.rows.map((row) => row.instanceId));
    after = page.next;
  } while (after !== null);
  return found;
}

export function entitiesSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: entities that have nothing left to keep`, () => {
    storeTest(fixture, "the row goes with all that belongs to it, and the next message begins another", async ({ join, row, store }) => {
      const hand = await join();
      const [no] = await owned(hand, ENTITY);
      await hand.commit({ history: [append(no!, 0, 1, "[1]")], updates: [update(no!, 1, { input: "5" })] });
      const parts = { updates: [update(no!, 2, { input: null, generation: 1 })], releases: [dropped(no!, 3)] };
      const receipt = await hand.commit(parts);
      assert.deepEqual([receipt.released, receipt.madeReady], [[no], false]);
      const { instances, history, inbox } = await store.dump();
      assert.deepEqual([instances, history, inbox], [[], [], []]);
      await hand.commit({ messages: [signal(ENTITY)] });
      assert.notEqual((await row(ENTITY)).no, no);
    });

    storeTest(fixture, "not over mail, that of the same batch included; others leave as they are told", async ({ join, row, store }) => {
      const hand = await join();
      const [mailed, inBatch, gone, asleep] = await owned(hand, "@c@mailed", "@c@inBatch", "@c@gone", "@c@asleep");
      await store.deliver({ instanceId: id("@c@mailed"), message: event("e") });
      const receipt = await hand.commit({
        messages: [toNo(inBatch!, event("e"))],
        releases: [
          dropped(mailed!, 1),
          dropped(inBatch!, 1),
          dropped(gone!, 1),
          { no: asleep!, version: 1, nextWake: null, asReady: false },
        ],
      });
      assert.deepEqual(
        [...receipt.released].sort((a, b) => a - b),
        [gone!, asleep!].sort((a, b) => a - b),
      );
      assert.equal(await store.getInstance(id("@c@gone")), null);
      assert.deepEqual([(await row("@c@mailed")).owner, (await row("@c@inBatch")).owner], [hand.worker, hand.worker]);
      assert.deepEqual([(await row("@c@asleep")).owner, (await row("@c@asleep")).wakeAt], [null, null]);
    });

    storeTest(fixture, "a message that comes at the same time is in the old row or in a new one", async ({ join, store }) => {
      const hands = [await join(), await join()];
      for (let round = 0; round < 6; round++) {
        const ids = Array.from({ length: 6 }, (_, index) => `@c${round}@${index}`);
        const nos = await owned(hands[0]!, ...ids);
        const [released] = await Promise.all([
          retried(() => hands[0]!.commit({ releases: nos.map((no) => dropped(no, 1)) })),
          retried(() => hands[1]!.commit({ messages: ids.toReversed().map((one) => signal(one)) })),
          ...ids.map((one) => retried(() => store.deliver({ instanceId: id(one), message: event("e"), orCreate: target(one) }))),
        ]);
        for (const no of released.released) assert.ok(!(await store.load([no]))[0], "what was released is gone");
      }
      const { instances, inbox } = await store.dump();
      const known = new Set(instances.map(({ no }) => no));
      assert.deepEqual([instances.length, inbox.length, inbox.every(({ no }) => known.has(no))], [36, 72, true]);
    });
  });

  describe(`${fixture.name}: lists of entities`, () => {
    storeTest(fixture, "in order of id, those of one name as a range, each once", async (bench) => {
      const hand = await bench.join();
      const keys = ["a", "b", "", "@", "z@y", "\u{1f69a}", "\uffff", "é"];
      const counters = keys.map((key) => `@counter@${key}`);
      const others = ["@counte@r", "@counter2@a", "@account@a"];
      await hand.own("order-1", "Zorder", "counter");
      await owned(hand, ...counters, ...others);
      const sorted = (ids: readonly string[]) => [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.deepEqual(await idsOf(bench, { prefix: "@counter@" }), sorted(counters));
      assert.deepEqual(await idsOf(bench, { prefix: "@counter@", limit: 3 }), sorted(counters));
      assert.deepEqual(await idsOf(bench, { limit: 4 }), sorted([...counters, ...others]));
      assert.deepEqual(await idsOf(bench, { prefix: "@nothing@" }), []);
    });

    storeTest(fixture, "by the time of the last operation, with a state or without", async (bench) => {
      const hand = await bench.join();
      const [early, late, empty, large] = await owned(hand, "@c@early", "@c@late", "@c@empty", "@c@large");
      const state = JSON.stringify("x".repeat(20_000));
      await hand.commit({
        updates: [
          update(early!, 1, { input: "1", updatedAt: START_OF_TIME + 10 }),
          update(late!, 1, { input: "2", updatedAt: START_OF_TIME + 20 }),
          update(empty!, 1, { input: null, updatedAt: START_OF_TIME + 20 }),
          update(large!, 1, { input: state, updatedAt: START_OF_TIME + 30 }),
        ],
      });
      const within = (from: number | null, to: number | null) => ({
        updatedFrom: from === null ? null : START_OF_TIME + from,
        updatedTo: to === null ? null : START_OF_TIME + to,
      });
      assert.deepEqual(await idsOf(bench, within(20, null)), ["@c@empty", "@c@large", "@c@late"]);
      assert.deepEqual(await idsOf(bench, within(10, 20)), ["@c@early", "@c@empty", "@c@late"]);
      assert.deepEqual(await idsOf(bench, { emptyOnes: false }), ["@c@early", "@c@large", "@c@late"]);
      const states = async (query: Partial<EntityQuery>) =>
        (await bench.store.readEntities({ ...ALL, ...query })).rows.map((row) => row.input);
      assert.deepEqual(await states({}), ["1", null, state, "2"]);
      assert.deepEqual(await states({ showState: false }), [null, null, null, null]);
      const first = await bench.store.readEntities({ ...ALL, emptyOnes: false, maxBytes: 2 });
      assert.deepEqual([first.rows.length, first.next], [2, "@c@large"]);
    });

    storeTest(fixture, "lists of instances show them or leave them out", async (bench) => {
      const hand = await bench.join();
      await owned(hand, ENTITY);
      const [done] = await hand.own("order");
      await hand.own("@@schedule:nightly");
      await hand.commit({ updates: [ending(done!, 0)] });
      const query = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null, limit: 10, continuation: null };
      const shown = async (filter: Pick<InstanceFilter, "showEntities" | "showBuiltIn">) => {
        const page = await bench.store.query({ ...query, ...filter });
        const { count } = await bench.store.count({ filter: { ...query, ...filter }, cap: 10 });
        assert.equal(count, page.rows.length);
        return page.rows.map(({ instanceId }) => instanceId);
      };
      const all = [ENTITY, "order", "@@schedule:nightly"];
      assert.deepEqual([await shown({}), await shown({ showEntities: true, showBuiltIn: true })], [all, all]);
      assert.deepEqual([await shown({ showBuiltIn: false }), await shown({ showEntities: false })], [[ENTITY, "order"], ["order"]]);
      assert.deepEqual(await idsOf(bench, {}), [ENTITY]);
    });

    storeTest(fixture, "a purge leaves them alone: their owner deletes them", async (bench) => {
      await owned(await bench.join(), ENTITY);
      const range = { createdFrom: null, createdTo: null, completedBefore: null, statuses: [], limit: 4 };
      assert.deepEqual(await bench.store.purge({ instanceId: id(ENTITY) }), { deleted: 0, complete: true });
      assert.deepEqual(await bench.store.purge(range), { deleted: 0, complete: true });
      assert.notEqual(await bench.store.getInstance(id(ENTITY)), null);
    });
  });
}

/** As callers do with what is refused for the moment, and leaves nothing. */
async function retried<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof StoreRefusalError) || error.refusal.kind !== "busy") throw error;
    }
  }
}
