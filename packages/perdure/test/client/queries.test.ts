import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { DurableClient, StatusFilter, StatusQuery } from "perdure";
import { orchestrator, TaskHub } from "perdure";

const child = orchestrator("Child", async (_ctx, n: number) => n);
const order = orchestrator("Order", async (ctx, n: number) => {
  if (n === 3) throw new Error('card "7" declined');
  if (n === 4) return ctx.waitForExternalEvent("go");
  if (n === 5) return ctx.callSubOrchestrator(child, n, { instanceId: "child-5" });
  return n;
});

const NUMBERS = [1, 2, 3, 4, 5, 6];

/** The meaning of filters on every store: `store-conformance/queries.ts`. */
describe("queries of the client", () => {
  let hub: TaskHub;
  let client: DurableClient;

  before(async () => {
    hub = await TaskHub.open("memory:", { functions: [order, child], log: false });
    await hub.start();
    client = hub.client;
    for (const n of NUMBERS) {
      const tags = n > 4 ? { team: "a", n: String(n) } : { team: "b" };
      await client.startNew(order, { input: n, instanceId: `order-${n}`, tags, version: n > 4 ? "2.0" : "1.0" });
    }
    for (const n of NUMBERS) if (n !== 4) await client.waitForCompletion(`order-${n}`);
    await client.waitForStart("order-4");
  });
  after(() => hub.close());

  const ids = async (query: StatusQuery) => (await Array.fromAsync(client.query(query))).map(({ instanceId }) => instanceId).sort();

  test("each part of a filter narrows, and together they narrow more; counts agree", async () => {
    const cases: readonly (readonly [StatusFilter, readonly string[]])[] = [
      [{ name: "ORDER" }, NUMBERS.map((n) => `order-${n}`)],
      [{ name: "child" }, ["child-5"]],
      [{ version: "2.0", name: "order" }, ["order-5", "order-6"]],
      [{ open: true }, ["order-4"]],
      [{ open: false, version: "1.0" }, ["order-1", "order-2", "order-3"]],
      [{ parentInstanceId: "order-5" }, ["child-5"]],
      [{ parentInstanceId: "nobody" }, []],
      [{ tags: { team: "a" } }, ["child-5", "order-5", "order-6"]],
      [{ tags: { team: "a", n: "6" } }, ["order-6"]],
      [{ errorText: '"7" decl' }, ["order-3"]],
      [{ errorText: "declined", open: true }, []],
      [{ endedFrom: new Date(0), instanceIdPrefix: "order-" }, ["order-1", "order-2", "order-3", "order-5", "order-6"]],
      [{ endedTo: "2000-01-01" }, []],
      [{ name: "a\u0000" }, []],
    ];
    for (const [filter, expected] of cases) {
      assert.deepEqual(await ids(filter), expected, JSON.stringify(filter));
      assert.deepEqual(await client.count(filter), { count: expected.length, exact: true }, JSON.stringify(filter));
    }
    assert.deepEqual(await client.count({ name: "order" }, { cap: 4 }), { count: 4, exact: false });
    assert.deepEqual(await client.count(), { count: 7, exact: true });
  });

  test("in order of creation or of the end, oldest or newest first", async () => {
    const listed = async (query: StatusQuery) =>
      (await Array.fromAsync(client.query({ name: "order", ...query }))).map((status) => Number(status.instanceId.slice(6)));
    assert.deepEqual(await listed({}), NUMBERS);
    assert.deepEqual(await listed({ newestFirst: true, pageSize: 2 }), [...NUMBERS].reverse());
    assert.deepEqual(
      (await listed({ orderBy: "ended" })).sort(),
      NUMBERS.filter((n) => n !== 4),
    );
  });

  test("page by page: a continuation continues the same order, and no other", async () => {
    const query = { name: "order", newestFirst: true, pageSize: 4, showPayloads: false } as const;
    const first = await client.queryPage(query);
    assert.deepEqual([first.instances.length, first.reachedBackTo], [4, null]);
    assert.deepEqual([first.instances[0]?.input, first.instances[0]?.output], [undefined, undefined]);
    assert.ok(first.continuation !== null);
    const second = await client.queryPage({ ...query, continuation: first.continuation });
    assert.deepEqual(
      second.instances.map(({ instanceId }) => instanceId),
      ["order-2", "order-1"],
    );
    assert.equal(second.continuation, null);
    const other = client.queryPage({ ...query, orderBy: "ended", continuation: first.continuation });
    await assert.rejects(other, { code: "CONTINUATION_INVALID" });
  });

  test("what cannot be read is refused", async () => {
    const bad: readonly (readonly [object, RegExp])[] = [
      [{ name: "" }, /"name" is ""/],
      [{ tags: {} }, /"tags" is \{\}/],
      [{ tags: { a: 1 } }, /"tags\.a" is 1/],
      [{ open: "yes" }, /"open" is "yes"/],
      [{ endedFrom: "soon" }, /"endedFrom" is "soon"/],
      [{ errorText: 5 }, /"errorText" is 5/],
      [{ parentInstanceId: "" }, /"parentInstanceId" is ""/],
      [{ orderBy: "name" }, /"orderBy" is "name"/],
      [{ showInput: true, showPayloads: false }, /"showInput" is true/],
    ];
    for (const [query, message] of bad) await assert.rejects(client.queryPage(query), { code: "OPTION_INVALID", message });
    await assert.rejects(client.count({ pageSize: 5 } as never), { code: "OPTION_UNKNOWN" });
    await assert.rejects(client.count({}, { cap: 0 }), { code: "OPTION_INVALID" });
  });
});

describe("purge by a filter", () => {
  test("deletes what is meant and has ended, with what is below it where that is asked for; a dry run only counts", async () => {
    await using hub = await TaskHub.open("memory:", { functions: [order, child], log: false });
    await hub.start();
    const { client } = hub;
    for (const n of NUMBERS)
      await client.startNew(order, { input: n, instanceId: `order-${n}`, tags: { n: String(n) }, version: n > 4 ? "2" : "1" });
    for (const n of NUMBERS) if (n !== 4) await client.waitForCompletion(`order-${n}`);
    await client.waitForStart("order-4");
    const left = async () => (await Array.fromAsync(client.query())).map(({ instanceId }) => instanceId).sort();
    assert.equal(await client.purgeBy({ errorText: "declined", dryRun: true }), 1);
    assert.equal((await left()).length, 7);
    assert.equal(await client.purgeBy({ errorText: "declined" }), 1);
    assert.equal(await client.purgeBy({ tags: { n: "1" } }), 1);
    assert.equal(await client.purgeBy({ tags: { n: "4" } }), 0, "it has not ended");
    assert.equal(await client.purgeBy({ parentInstanceId: "nobody" }), 0);
    assert.equal(await client.purgeBy({ version: "2", name: "ORDER", instanceIdPrefix: "order-5", recursive: true }), 2);
    assert.deepEqual(await left(), ["order-2", "order-4", "order-6"]);
    assert.equal(await client.purge("order-2", { recursive: true }), true);
    assert.equal(await client.purgeBy({ endedTo: new Date(0) }), 0);
    assert.equal(await client.purgeBy({ createdFrom: new Date(0), recursive: true }), 1);
    assert.deepEqual(await left(), ["order-4"]);
    const bad = [
      { open: false },
      { tags: {} },
      { errorText: "" },
      { recursive: true },
      { name: undefined },
      { recursive: 1, name: "order" },
    ];
    for (const filter of bad) await assert.rejects(client.purgeBy(filter as never), { code: /OPTION_/ }, JSON.stringify(filter));
  });
});
