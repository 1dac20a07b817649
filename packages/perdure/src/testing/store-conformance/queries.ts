import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Tags } from "../../model/history.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { eventId } from "../../model/ids.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { isTerminal, RUNTIME_STATUSES } from "../../model/status.ts";
import type { InstanceFilter, InstanceQuery, QueryOrder } from "../../store/queries.ts";
import { Random } from "../random.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import type { Bench, Hand } from "./hub.ts";
import { birth, ending, id, spec, stopReason, storeTest, update } from "./hub.ts";

const ROWS = 60;
const QUERIES = 60;
const ERRORS = ["Error: card 7 declined", 'Error: "card" \\ 7\ndeclined', "TimeoutError: 🚚 late"];
const VERSIONS = ["1.0", "1.0.0", "2.0"];
const NAMES = ["ship", "Ship", "SHIPS", "bill"];
const TAGS: readonly Tags[] = [{ team: "a" }, { team: "b", 'q"uote': "x" }, { team: "a", ü: "\\" }];

/** An instance as a person would write it down. */
interface Model {
  readonly no: InstanceNo;
  readonly id: string;
  readonly name: string;
  readonly version: string | null;
  readonly tags: Tags | null;
  readonly parent: InstanceNo | null;
  readonly createdAt: number;
  status: RuntimeStatus;
  endedAt: number | null;
  error: string | null;
  stopped: boolean;
}

const ANY: InstanceFilter = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null };

function isMeant(one: Model, filter: InstanceFilter): boolean {
  const inRange = (at: number | null, from: number | null | undefined, to: number | null | undefined) =>
    at === null ? (from ?? to ?? null) === null : at >= (from ?? 0) && at <= (to ?? Number.MAX_SAFE_INTEGER);
  const said: readonly boolean[] = [
    inRange(one.createdAt, filter.createdFrom, filter.createdTo),
    inRange(one.endedAt, filter.endedFrom, filter.endedTo),
    filter.statuses.length === 0 || filter.statuses.includes(one.status),
    one.id.startsWith(filter.idPrefix ?? ""),
    filter.stopped === null || one.stopped === filter.stopped,
    filter.showEntities !== false || !one.id.startsWith("@"),
    filter.showBuiltIn !== false || !one.id.startsWith("@@"),
    filter.name === undefined || one.name.toUpperCase() === filter.name.toUpperCase(),
    filter.version === undefined || one.version === filter.version,
    filter.open === undefined || filter.open === !isTerminal(one.status),
    filter.parent === undefined || one.parent === filter.parent,
    filter.errorText === undefined || (one.error?.includes(filter.errorText) ?? false),
    Object.entries(filter.tags ?? {}).every(([key, value]) => one.tags?.[key] === value),
  ];
  return said.every(Boolean);
}

const timeOf = (one: Model, { orderBy }: QueryOrder): number | null => (orderBy === "ended" ? one.endedAt : one.createdAt);

function listed(models: readonly Model[], filter: InstanceFilter, order: QueryOrder): readonly string[] {
  const found = models.filter((one) => timeOf(one, order) !== null && isMeant(one, filter));
  const sorted = found.sort((a, b) => (timeOf(a, order) ?? 0) - (timeOf(b, order) ?? 0) || a.no - b.no);
  return (order.newestFirst === true ? sorted.reverse() : sorted).map((one) => one.id);
}

async function fill(hand: Hand, random: Random, from: number, parents: readonly Model[]): Promise<Model[]> {
  const nos = await hand.numbers(ROWS);
  const models = nos.map((no, index): Model => {
    const prefix = random.pick(["order-", "order%", "Order-", "@counter@", "@@schedule:", "ü"]);
    return {
      no,
      id: `${prefix}${from + index}`,
      name: random.pick(NAMES),
      version: random.chance(0.5) ? random.pick(VERSIONS) : null,
      tags: random.chance(0.5) ? random.pick(TAGS) : null,
      parent: parents.length > 0 && random.chance(0.4) ? random.pick(parents).no : null,
      createdAt: START_OF_TIME + random.int(20),
      status: "Pending",
      endedAt: null,
      error: null,
      stopped: false,
    };
  });
  const parentOf = (no: InstanceNo | null) =>
    no === null ? null : { no, instanceId: id("parent"), name: "p", generation: 0, taskId: eventId(1) };
  await hand.commit({
    creates: models.map(({ no, id: name, createdAt, parent, ...start }) =>
      birth(no, name, {
        createdAt,
        start: spec(name, { name: start.name, version: start.version, tags: start.tags, parent: parentOf(parent) }),
      }),
    ),
  });
  return models;
}

/** Some end, some are stopped, some begin. */
async function change(hand: Hand, random: Random, models: readonly Model[]): Promise<void> {
  for (const one of models) {
    if (isTerminal(one.status) || one.stopped || random.chance(0.3)) continue;
    const roll = random.int(10);
    if (roll === 0) {
      await hand.commit({ stops: [{ no: one.no, version: one.status === "Pending" ? 0 : 1, reason: stopReason(), crashes: null }] });
      one.stopped = true;
    } else if (roll < 4 && one.status === "Pending") {
      one.status = random.pick(["Running", "Suspended"]);
      await hand.commit({ updates: [update(one.no, 0, { status: one.status })] });
    } else if (roll < 8) {
      const version = one.status === "Pending" ? 0 : 1;
      one.status = random.pick(["Completed", "Failed", "Failed", "Terminated", "Canceled"]);
      one.endedAt = one.createdAt + random.int(10);
      one.error =
        one.status === "Failed" ? `${random.pick(ERRORS)}${random.chance(0.2) ? " ".repeat(random.pick([3_000, 20_000])) : ""}` : null;
      const output = one.error === null ? '"Error: card 7 declined, but this is a result"' : JSON.stringify(one.error);
      await hand.commit({ updates: [{ ...ending(one.no, version, output), status: one.status, updatedAt: one.endedAt }] });
    }
  }
}

function someFilter(random: Random, models: readonly Model[]): InstanceFilter {
  const maybe = <T>(value: () => T): T | undefined => (random.chance(0.2) ? value() : undefined);
  const time = () => START_OF_TIME + random.int(30);
  const parts = {
    name: maybe(() => random.pick(["SHIP", "bill", "nobody"])),
    version: maybe(() => random.pick([...VERSIONS, "1"])),
    open: maybe(() => random.chance(0.5)),
    endedFrom: maybe(time),
    endedTo: maybe(time),
    parent: maybe(() => random.pick(models).parent ?? undefined),
    tags: maybe(() => random.pick([...TAGS, { team: "a" }, { uote: "x" }])),
    errorText: maybe(() => random.pick(["card 7", '"card" \\ 7\nd', "🚚", "Error"])),
    showEntities: maybe(() => random.chance(0.5)),
    showBuiltIn: maybe(() => random.chance(0.5)),
  };
  return {
    ...ANY,
    createdFrom: maybe(time) ?? null,
    createdTo: maybe(time) ?? null,
    statuses: maybe(() => RUNTIME_STATUSES.filter(() => random.chance(0.4))) ?? [],
    idPrefix: maybe(() => random.pick(["order", "order%", "Order-1", "@", "ü"])) ?? null,
    stopped: maybe(() => random.chance(0.5)) ?? null,
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
  };
}

const someOrder = (random: Random): QueryOrder => ({
  orderBy: random.chance(0.3) ? "ended" : "created",
  newestFirst: random.chance(0.5),
});

/** All pages; `between` happens after each of the first. */
async function allPages(
  { store }: Bench,
  query: Omit<InstanceQuery, "continuation">,
  between: () => Promise<void>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let continuation: string | null = null;
  for (let pages = 0; pages < 1_000; pages += 1) {
    const page = await store.query({ ...query, continuation });
    assert.ok(page.rows.length <= query.limit);
    assert.ok(page.reachedBackTo === null || (page.continuation !== null && query.lookAtMost !== undefined));
    if (query.payloads === "none")
      assert.ok(page.rows.every((row) => row.input === null && row.output === null && row.customStatus === null));
    ids.push(...page.rows.map((row) => row.instanceId));
    continuation = page.continuation;
    if (continuation === null) return ids;
    await between();
  }
  return assert.fail("the pages have no end");
}

function someQuery(random: Random, filter: InstanceFilter): Omit<InstanceQuery, "continuation"> {
  const lookAtMost = random.pick([0, 3, 17, 1_000]);
  const payloads = random.pick(["all", "withoutInput", "none"] as const);
  return { ...filter, ...someOrder(random), limit: random.pick([4, 11, 100]), payloads, ...(lookAtMost === 0 ? {} : { lookAtMost }) };
}

export function queriesSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: filters`, () => {
    storeTest(
      fixture,
      "any filter, order, page size and look finds what a plain list of the instances has, in its order",
      async (bench) => {
        const random = new Random(7);
        const hand = await bench.join();
        const models = await fill(hand, random, 0, []);
        models.push(...(await fill(hand, random, ROWS, models.slice(0, 3))));
        await change(hand, random, models);
        for (let n = 0; n < QUERIES; n += 1) {
          const filter = someFilter(random, models);
          const query = someQuery(random, filter);
          assert.deepEqual(await allPages(bench, query, async () => {}), listed([...models], filter, query), JSON.stringify(query));
          const all = listed([...models], filter, {}).length;
          const cap = random.pick([1, 10, 1_000]);
          const counted = await bench.store.count({ filter, cap });
          assert.deepEqual(counted, { count: Math.min(all, cap), exact: all <= cap }, JSON.stringify(filter));
          const looked = await bench.store.count({ filter, cap, lookAtMost: 20 });
          assert.ok(looked.count <= Math.min(all, cap) && (!looked.exact || looked.count === all), JSON.stringify(filter));
        }
      },
    );

    storeTest(
      fixture,
      "while instances come, change and go, pages have each that was meant all the while, and none twice",
      async (bench) => {
        const random = new Random(8);
        const hand = await bench.join();
        for (let n = 0; n < 4; n += 1) {
          const models = await fill(hand, random, 1_000 * n, []);
          await change(hand, random, models);
          const filter: InstanceFilter = random.pick([{ ...ANY, open: true }, ANY, { ...ANY, open: false }, { ...ANY, name: "ship" }]);
          const query = { ...someQuery(random, filter), idPrefix: null, limit: 5, createdFrom: START_OF_TIME };
          let always = new Set(listed([...models], query, query));
          const gone = new Set<Model>();
          const seen = await allPages(bench, query, async () => {
            const some = models.filter((one) => !gone.has(one) && random.chance(0.05));
            await change(hand, random, some);
            const ended = some.find((one) => isTerminal(one.status));
            if (ended !== undefined && gone.size < 5) {
              await bench.store.purge({ instanceId: id(ended.id) });
              gone.add(ended);
            }
            const now = new Set(
              listed(
                models.filter((one) => !gone.has(one)),
                query,
                query,
              ),
            );
            always = new Set([...always].filter((name) => now.has(name)));
          });
          assert.equal(new Set(seen).size, seen.length, `none twice: ${JSON.stringify(query)}`);
          assert.deepEqual(
            [...always].filter((name) => !seen.includes(name)),
            [],
            JSON.stringify(query),
          );
        }
      },
    );

    storeTest(fixture, "a look that is over says how far it has come, and the next page continues there", async (bench) => {
      const hand = await bench.join();
      const nos = await hand.numbers(50);
      await hand.commit({
        creates: nos.map((no, index) =>
          birth(no, `i${index}`, { createdAt: START_OF_TIME + index, start: spec(`i${index}`, { name: index === 40 ? "rare" : "ship" }) }),
        ),
      });
      const query = { ...ANY, name: "rare", newestFirst: true, limit: 5, lookAtMost: 8 };
      const first = await bench.store.query({ ...query, continuation: null });
      assert.deepEqual([first.rows.length, first.reachedBackTo], [0, START_OF_TIME + 42]);
      const second = await bench.store.query({ ...query, continuation: first.continuation });
      assert.deepEqual([second.rows.map((row) => row.instanceId), second.reachedBackTo], [["i40"], START_OF_TIME + 34]);
    });
  });
}
