import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { activity, entity, orchestrator } from "perdure";
import type { Doing, Inspector, InspectorOptions } from "../../src/client/inspect/types.ts";
import type { Stand, StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

const LARGE = "ä".repeat(10_000);

const approval = orchestrator("Approval", async (ctx, input: unknown) => {
  ctx.setCustomStatus({ asked: input === LARGE ? "much" : input });
  return { by: await ctx.waitForExternalEvent("Approve") };
});
const limit = orchestrator("Limit", (ctx) => Promise.race([ctx.waitForExternalEvent("Approve"), ctx.createTimer("1d")]));
const sleeps = orchestrator("Sleeps", (ctx) => ctx.createTimer("1d"));
const again = orchestrator("Again", async (ctx, round: number) => {
  if (round < 3) return ctx.continueAsNew(round + 1);
  return ctx.waitForExternalEvent("Approve");
});
const add = activity("Add", (n: number) => n + 1);
const chain = orchestrator("Chain", async (ctx, count: number) => {
  let n = 0;
  for (let at = 0; at < count; at += 1) n = await ctx.callActivity(add, n);
  return n;
});
const failing = activity("Failing", () => {
  throw new RangeError("card 4711 was refused\nin detail");
});
const fails = orchestrator("Fails", (ctx) => ctx.callActivity(failing));
const retries = orchestrator("Retries", (ctx) => ctx.callActivity(failing, undefined, { retry: { maxAttempts: 3, firstInterval: "1d" } }));
const throws = orchestrator("Throws", (_, text: string) => {
  throw new RangeError(text);
});
const hanging = activity("Hanging", { maxConcurrent: 3 }, (_: null, ctx) => sleep(60_000, null, { signal: ctx.signal }).catch(() => null));
const hangs = orchestrator("Hangs", (ctx) => ctx.callActivity(hanging, null));
const parent = orchestrator("Parent", (ctx) =>
  Promise.all(["a", "b"].map((key) => ctx.callSubOrchestrator(approval, key, { instanceId: `${ctx.instanceId}-${key}` }))),
);
const cancelable = orchestrator("Cancelable", (ctx) =>
  Promise.race([ctx.waitForExternalEvent("Cancel"), ctx.callSubOrchestrator(approval, null, { instanceId: `${ctx.instanceId}-child` })]),
);
const absent = orchestrator("Absent", (ctx) => ctx.callActivity("NoSuchActivity"));
const stuck = orchestrator("Stuck", () => new Promise<void>(() => {}));
const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx, n: number) => {
      ctx.state += n;
    },
  },
});
const locks = orchestrator("Locks", async (ctx, keys: readonly string[]) => {
  using _lock = await ctx.lock(
    keys.map((key) => counter.id(key)),
    {},
  );
  await ctx.waitForExternalEvent("Unlock");
});
const functions = [
  ...[approval, limit, sleeps, again, add, chain, failing, fails, throws, retries, hanging, hangs, parent, cancelable, absent, stuck],
  ...[counter, locks],
];

const open = (store: StoreKind) =>
  openStand({ store, functions, engine: { leaseMs: 60_000, functionNotFoundAfterMs: 600_000, functionNotFoundAloneMs: 600_000 } });

function inspectorOf(stand: Stand, options?: InspectorOptions): Inspector {
  const [hub] = stand.hubs;
  assert.ok(hub !== undefined);
  return hub.hubClient.inspector(options);
}

export function inspectSuite(store: StoreKind): void {
  let stand: Stand;
  before(async () => {
    stand = await open(store);
  });
  after(() => stand.close());

  test("lists by what is asked for, in pages that follow each other", async () => {
    const { client } = stand;
    const inspector = inspectorOf(stand);
    for (const n of [0, 1, 2, 3, 4]) {
      await client.startNew(n < 3 ? chain : approval, { instanceId: `i-${n}`, input: 1, tags: { shop: n % 2 === 0 ? "eu" : "us" } });
      if (n < 3) await stand.end(`i-${n}`);
    }
    const ids = async (query: Parameters<Inspector["list"]>[0]) =>
      (await inspector.list({ idPrefix: "i-", ...query })).rows.map(({ id }) => id);
    assert.deepEqual(await ids({}), ["i-4", "i-3", "i-2", "i-1", "i-0"]);
    assert.deepEqual(await ids({ newestFirst: false, name: "chain" }), ["i-0", "i-1", "i-2"]);
    assert.deepEqual(await ids({ open: true }), ["i-4", "i-3"]);
    assert.deepEqual(await ids({ tags: { shop: "us" } }), ["i-3", "i-1"]);
    assert.deepEqual(await ids({ status: ["Completed"], orderBy: "ended" }), ["i-2", "i-1", "i-0"]);
    assert.deepEqual(await ids({ idPrefix: "i-1" }), ["i-1"]);
    assert.deepEqual(await ids({ parentId: "nobody" }), []);
    const first = await inspector.list({ idPrefix: "i-", limit: 2 });
    assert.ok(first.cursor !== null);
    assert.deepEqual([first.rows.length, first.reachedBackTo], [2, null]);
    const second = await inspector.list({ idPrefix: "i-", limit: 10, cursor: first.cursor });
    assert.deepEqual([second.rows.map(({ id }) => id), second.cursor], [["i-2", "i-1", "i-0"], null]);
    await assert.rejects(inspector.list({ cursor: "x" }), { code: "CONTINUATION_INVALID" });
    const [row] = second.rows;
    assert.deepEqual(
      [row?.name, row?.status, row?.tags, row?.generation, row?.stopped, row?.note],
      ["Chain", "Completed", { shop: "eu" }, 0, null, null],
    );
  });

  test("looks up rows by their ids, with the failure of those that failed", async () => {
    const inspector = inspectorOf(stand);
    await stand.client.startNew(fails, { instanceId: "l-f" });
    await stand.end("l-f");
    await stand.client.startNew(approval, { instanceId: "l-a" });
    const rows = await inspector.lookup(["l-a", "gone", "l-f", "l-a", ""]);
    assert.deepEqual([rows.map(({ id }) => id), rows[0]?.note], [["l-a", "l-f"], null]);
    assert.match(rows[1]?.note ?? "", /card 4711 was refused$/);
    await assert.rejects(inspector.lookup(Array.from({ length: 101 }, (_, n) => `${n}`)), { code: "OPTION_INVALID" });
  });

  test("says on one line what each is doing", async () => {
    const { client } = stand;
    const inspector = inspectorOf(stand);
    await client.startNew(chain, { instanceId: "chain", input: 3 });
    await client.startNew(fails, { instanceId: "fails" });
    await stand.end("chain");
    await stand.end("fails");
    for (const one of [approval, limit, sleeps, retries, hangs, parent, cancelable, absent, stuck])
      await client.startNew(one, { instanceId: one.name, input: null });
    await client.startNew(approval, { instanceId: "suspended" });
    await client.suspend("suspended", "lunch");
    await client.startNew(approval, { instanceId: "later", startAt: "1d" });
    const wanted: readonly (readonly [id: string, kind: Doing["kind"], text: RegExp])[] = [
      ["chain", "ended", /^3 activities$/],
      ["fails", "ended", /card 4711 was refused$/],
      ["Approval", "event", /^waits for event Approve$/],
      ["Limit", "event", /^waits for event Approve$/],
      ["Sleeps", "timer", /^sleeps$/],
      ["Retries", "retry", /^Failing fails, attempt 2 follows · card 4711 was refused$/],
      ["Parent", "child", /^waits for 2 of 2 children$/],
      ["Cancelable", "child", /^waits for Approval$/],
      ["Absent", "activity", /^NoSuchActivity: no worker has it$/],
      ["Stuck", "stopped", /^STUCK: /],
      ["suspended", "suspended", /^suspended: lunch$/],
      ["later", "scheduled", /^waits for its start$/],
    ];
    const ids = [...wanted.map(([id]) => id), "Hangs", "gone"];
    const lines = await stand.until("all are as they will be", async () => {
      const found = await inspector.doing(ids);
      return (
        wanted.every(([id, kind, text]) => found.some((line) => line.id === id && line.kind === kind && text.test(line.text))) && found
      );
    });
    assert.equal(lines.length, ids.length - 1);
    const line = (id: string) => lines.find((one) => one.id === id);
    assert.match(line("Hangs")?.text ?? "", /Hanging/);
    assert.ok((line("Limit")?.dueAt ?? 0) > stand.now, "what ends the wait");
    assert.ok((line("later")?.dueAt ?? 0) > stand.now);
    const outlooks = ["chain", "fails", "Approval", "Parent", "Cancelable", "Absent", "Stuck", "suspended"].map((id) => line(id)?.outlook);
    assert.deepEqual(outlooks, ["fine", "attention", "fine", "fine", "fine", "stuck", "stuck", "attention"]);
  });

  test("counts the open, the stopped and the ended", async () => {
    await using stand = await open(store);
    const { client } = stand;
    for (const n of [0, 1]) await client.startNew(approval, { instanceId: `a-${n}` });
    await client.startNew(chain, { instanceId: "c", input: 1 });
    await stand.end("c");
    await client.startNew(fails, { instanceId: "f" });
    await stand.end("f");
    await client.startNew(stuck, { instanceId: "s" });
    await client.entity(counter, "one").signal.add(1);
    const counts = await stand.until("all are counted", async () => {
      const found = await inspectorOf(stand).counts();
      return found.stopped.n === 1 && found.open.Running.n === 2 && found.entities.n === 1 ? found : null;
    });
    assert.deepEqual(counts.open, {
      Pending: { n: 1, isExact: true },
      Running: { n: 2, isExact: true },
      Suspended: { n: 0, isExact: true },
    });
    const ended = Object.fromEntries(Object.entries(counts.ended).map(([status, { n }]) => [status, n]));
    assert.deepEqual(ended, { Completed: 1, Failed: 1, Terminated: 0, Canceled: 0 });
    assert.deepEqual([counts.workers, counts.functions, counts.schedules], [1, functions.length, 0]);
    const created = async (id: string) => (await stand.status(id)).createdTime.getTime();
    // What was stopped in its first episode has recorded nothing.
    assert.deepEqual(counts.oldest, { Pending: await created("s"), Running: await created("a-0"), Suspended: null });
  });

  test("shows an instance: previews, its parent, its owner, its children", async () => {
    const inspector = inspectorOf(stand);
    await stand.client.startNew(approval, { instanceId: "d-large", input: LARGE });
    await stand.client.startNew(parent, { instanceId: "d-p" });
    await stand.untilCustomStatus("d-p-a", { asked: "a" });
    await stand.untilCustomStatus("d-large", { asked: "much" });
    assert.equal(await inspector.instance("gone"), null);
    assert.equal(await inspector.instance(""), null);
    const large = await inspector.instance("d-large");
    assert.deepEqual([large?.input?.bytes, large?.input?.isCut, large?.input?.at, large?.output], [20_002, true, "input", null]);
    assert.equal(large?.input?.text, `"${"ä".repeat(2_047)}`, "4 KB, in whole characters");
    assert.equal(await inspector.payload("d-large", "input"), JSON.stringify(LARGE));
    const own = await inspector.instance("d-p");
    assert.deepEqual([own?.children, own?.parent, own?.divergence, own?.audit], [2, null, null, []]);
    const child = await inspector.instance("d-p-a");
    assert.deepEqual(
      [child?.parent, child?.row.parentId, child?.customStatus?.text],
      [{ id: "d-p", name: "Parent" }, "d-p", '{"asked":"a"}'],
    );
    assert.ok((child?.events ?? 0) >= 3);
    assert.ok(child?.owner === null || child?.owner?.isAlive === true);
    const hidden = await inspectorOf(stand, { shown: () => null }).instance("d-p-a");
    assert.deepEqual(hidden?.customStatus, { text: null, bytes: 13, isCut: true, at: "customStatus" });
    assert.equal(await inspectorOf(stand, { shown: () => null }).payload("d-p-a", "input"), null);
    const masked = await inspectorOf(stand, { shown: (text) => text.replace("a", "*") }).instance("d-p-a");
    assert.equal(masked?.input?.text, '"*"');
  });

  test("says in which generation an instance is, and since when", async () => {
    const inspector = inspectorOf(stand);
    await stand.client.startNew(again, { instanceId: "g", input: 0 });
    const detail = await stand.until("it waits in its last generation", async () => {
      const found = await inspector.instance("g");
      return found?.row.generation === 3 && found.events > 0 ? found : null;
    });
    const history = await inspector.history("g", { from: 0, limit: 1 });
    assert.deepEqual([history?.generation, history?.events[0]?.event.ts], [3, detail.generationBeganAt]);
    assert.ok((detail.generationBeganAt ?? 0) >= detail.row.createdAt);
    await stand.client.startNew(approval, { instanceId: "g-first" });
    assert.equal((await inspector.instance("g-first"))?.generationBeganAt, null);
  });

  test("shows a history in pages and from its end, and every payload whole", async () => {
    const inspector = inspectorOf(stand);
    await stand.client.startNew(chain, { instanceId: "h-c", input: 20 });
    await stand.end("h-c");
    const raw = await stand.history("h-c");
    const all = await inspector.history("h-c", { from: 0, limit: 1_000 });
    assert.deepEqual([all?.total, all?.first, all?.next, all?.generation, all?.problem], [raw.length, 0, null, 0, null]);
    assert.deepEqual(
      all?.events.map(({ seq, event }) => [seq, event.kind, event.ts]),
      raw.map((event, seq) => [seq, event.kind, event.ts]),
    );
    const seen: string[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const page = await inspector.history("h-c", { from, limit: 7 });
      assert.ok(page !== null && page.events.length <= 7);
      seen.push(...page.events.map(({ event }) => event.kind));
      from = page.next;
    }
    assert.deepEqual(
      seen,
      raw.map(({ kind }) => kind),
    );
    const tail = await inspector.history("h-c", { tail: 3 });
    assert.deepEqual(
      [tail?.first, tail?.next, tail?.events.map(({ seq }) => seq)],
      [raw.length - 3, null, [-3, -2, -1].map((at) => raw.length + at)],
    );
    const beyond = await inspector.history("h-c", { from: 10_000 });
    assert.deepEqual([beyond?.events, beyond?.next, beyond?.total], [[], null, raw.length]);
    assert.equal(await inspector.history("gone", { tail: 1 }), null);
    await stand.client.startNew(approval, { instanceId: "h-large", input: LARGE });
    await stand.client.raiseEvent("h-large", "Approve", { who: LARGE });
    await stand.end("h-large");
    const large = await inspector.history("h-large", { from: 0 });
    const found = large?.events.find(({ event }) => event.kind === "EventRaised");
    assert.ok(found?.event.kind === "EventRaised");
    const { input } = found.event;
    assert.deepEqual([input?.bytes, input?.isCut, input?.text?.length], [20_010, true, 8 + (512 - 8) / 2]);
    assert.equal(await inspector.payload("h-large", input?.at ?? ""), JSON.stringify({ who: LARGE }));
    assert.equal(await inspector.payload("h-large", "event.9999.input"), null);
    for (const at of ["event.0.kind", "event.0.__proto__.x"]) assert.equal(await inspector.payload("h-large", at), null, at);
    await assert.rejects(inspector.payload("h-large", "somewhere"), { code: "OPTION_INVALID" });
    await stand.client.startNew(fails, { instanceId: "h-f" });
    await stand.end("h-f");
    const failure = (await inspector.history("h-f", { tail: 1 }))?.events[0];
    assert.ok(failure?.event.kind === "ExecutionCompleted");
    assert.match(failure.event.failure?.message ?? "", /card 4711 was refused/);
    assert.equal(
      await inspector.payload("h-f", `event.${failure.seq}.failure`),
      null,
      "it is in the event; what its error carried has places of its own",
    );
  });

  test("groups what failed and what is stopped by what happened", async () => {
    await using stand = await open(store);
    const { client } = stand;
    for (const [id, text] of Object.entries({
      a: "order 12 of #7",
      "order-alpha": "order order-alpha of #8",
      c: 'no "one" here',
      "d-1": "no “two” here",
    }))
      await client.startNew(throws, { instanceId: id, input: text });
    await client.startNew(fails, { instanceId: "f" });
    for (const id of ["a", "order-alpha", "c", "d-1", "f"]) await stand.end(id);
    await client.startNew(stuck, { instanceId: "s" });
    await stand.until("it is stopped", async () => ((await client.getStatus("s"))?.stopped === null ? null : true));
    const inspector = inspectorOf(stand);
    const { groups, looked, from } = await inspector.failures({});
    assert.deepEqual(looked, { n: 6, isExact: true });
    assert.ok(from <= stand.now - 86_000_000);
    const of = (id: string) => groups.find((group) => group.ids.includes(id));
    assert.deepEqual(groups.map(({ count }) => count).sort(), [1, 1, 1, 1, 2]);
    assert.equal(of("a"), of("order-alpha"));
    assert.match(of("a")?.message ?? "", /order … of …$/);
    assert.match(of("c")?.message ?? "", /no "one" here$/, "of one alone the text as it was");
    assert.deepEqual([of("a")?.kind, of("a")?.name, of("a")?.errorType, of("a")?.hours.at(-1)], ["failed", "Throws", "RangeError", 2]);
    assert.match(of("a")?.site?.file ?? "", /inspect\.testsuite\.ts$/);
    assert.deepEqual([of("f")?.from, of("f")?.errorType, of("f")?.newest.map(({ id }) => id)], ["Failing", "RangeError", ["f"]]);
    assert.deepEqual([of("s")?.kind, of("s")?.errorType], ["stopped", "STUCK"]);
    const byName = await inspector.failures({ name: "throws" });
    assert.deepEqual([byName.looked.n, byName.groups.length], [4, 3]);
    assert.deepEqual(
      new Set(byName.groups.map(({ fingerprint }) => fingerprint)).isSubsetOf(new Set(groups.map(({ fingerprint }) => fingerprint))),
      true,
    );
    assert.deepEqual(
      (await inspector.failures({ endedFrom: stand.now + 60_000 })).groups.map(({ kind }) => kind),
      ["stopped"],
    );
  });

  test("shows who works, what they have, and what waits for them", async () => {
    await using stand = await open(store);
    const inspector = inspectorOf(stand);
    await stand.client.startNew(absent, { instanceId: "absent" });
    await stand.client.startNew("Nowhere", { instanceId: "nowhere" });
    await stand.client.startNew(parent, { instanceId: "p" });
    const [worker] = await stand.until("a worker has said what it does", async () => {
      const { workers: found } = await inspector.fleet();
      return found[0]?.instances === null ? null : found;
    });
    assert.ok(worker !== undefined);
    assert.deepEqual([worker.state, worker.functions, worker.pid], ["live", functions.length, process.pid]);
    assert.deepEqual(worker.lease, { ms: 60_000, everyMs: 500 });
    assert.equal(worker.renewedAt, worker.leaseUntil - 60_000);
    assert.ok((worker.activities?.of ?? 0) > 0 && (worker.joinedAt ?? 0) > 0 && (worker.build ?? "") !== "");
    const { unclaimed, ...rates } = await stand.until("a commit is counted", async () => {
      const { rates: found } = await inspector.fleet();
      return found.commit === null ? null : found;
    });
    const { eventToEpisode, ...always } = rates;
    assert.equal(eventToEpisode, null, "no event has come");
    assert.ok(Object.values(always).every((rate) => rate !== null) && (rates.commit?.p99 ?? 0) >= (rates.commit?.p50 ?? 0));
    assert.ok(unclaimed.isExact);
    const offered = await inspector.functions();
    assert.deepEqual(
      [offered.length, offered.find(({ name }) => name === "Chain")],
      [functions.length, { name: "Chain", kind: "orchestrator", workers: [worker.worker], versions: null, limit: null }],
    );
    assert.deepEqual(
      ["Hanging", "Add"].map((activityName) => offered.find(({ name }) => name === activityName)?.limit),
      [3, null],
    );
    const queue = await stand.until("both are in line", async () => {
      const { queue: found } = await inspector.fleet();
      return found.activities.length === 1 && found.ready.length === 1 ? found : null;
    });
    const [line] = queue.activities;
    assert.deepEqual(
      [line?.name, line?.waiting, line?.running, line?.why, line?.outlook],
      ["NoSuchActivity", { n: 1, isExact: true }, 0, "no live worker has it", "stuck"],
    );
    assert.deepEqual([queue.waiting, queue.running], [{ n: 1, isExact: true }, 0]);
    const [ready] = queue.ready;
    assert.deepEqual([ready?.kind, ready?.name, ready?.waiting.n, ready?.outlook], ["orchestrator", "Nowhere", 1, "stuck"]);
    await stand.untilCustomStatus("p-b", { asked: "b" });
    await stand.client.raiseEvent("p-a", "Approve", "yes");
    await stand.until("how long the event waited is told", async () => (await inspector.fleet()).rates.eventToEpisode !== null);
    assert.deepEqual(
      (await inspector.list({ parentId: "p", newestFirst: false })).rows.map(({ id }) => id),
      ["p-a", "p-b"],
    );
  });

  test("says why, through to what is at the root of it", async () => {
    const inspector = inspectorOf(stand);
    assert.equal(await inspector.why("gone"), null);
    await stand.client.startNew(absent, { instanceId: "w-absent" });
    await stand.client.startNew(parent, { instanceId: "w-p" });
    await stand.client.startNew(fails, { instanceId: "w-f" });
    await stand.end("w-f");
    const lost = await stand.until("no worker has it", async () => {
      const found = await inspector.why("w-absent");
      return found?.outlook === "stuck" ? found : null;
    });
    assert.deepEqual([lost.state, lost.waits.map(({ kind, state }) => [kind, state])], ["waiting", [["activity", "no worker has it"]]]);
    assert.match(lost.advice ?? "", /^Start a worker whose app has the activity "NoSuchActivity"/);
    const through = await stand.until("it waits for its children", async () => {
      const found = await inspector.why("w-p");
      return found !== null && /"w-p-a" \(and 1 more\), which waits for event "Approve"/.test(found.headline) ? found : null;
    });
    assert.deepEqual(
      [through.outlook, through.advice, through.waits.map(({ instanceId }) => instanceId)],
      ["fine", null, ["w-p-a", "w-p-b"]],
    );
    const ended = await inspector.why("w-f");
    assert.deepEqual([ended?.state, ended?.outlook, ended?.waits], ["ended", "attention", []]);
    assert.match(ended?.headline ?? "", /^It has ended \(Failed\): .*card 4711 was refused\.$/);
  });

  test("of several locks a line of a list names the first, and the page of the instance the one that is taken", async () => {
    const inspector = inspectorOf(stand);
    const lineOf = async (id: string) => (await inspector.doing([id]))[0]?.text;
    const { client } = stand;
    await client.startNew(locks, { instanceId: "k-1", input: ["b"] });
    await stand.until("it holds b", async () => (await lineOf("k-1")) === "waits for event Unlock");
    await client.startNew(locks, { instanceId: "k-2", input: ["b"] });
    await client.startNew(locks, { instanceId: "k-3", input: ["a", "b"] });
    await stand.until("both wait", async () => (await lineOf("k-3")) === "waits for the locks of @counter@a and 1 more");
    assert.equal(await lineOf("k-2"), "waits for the lock of @counter@b");
    const why = await stand.until("it has come to b", async () => {
      const [wait] = (await inspector.why("k-3"))?.waits ?? [];
      return wait?.name === "@counter@b" ? wait : null;
    });
    assert.match(why.text, /^It waits for the lock of @counter@b, which "k-1" has locked\. (?:One message waits|2 messages wait) there\.$/);
  });
}
