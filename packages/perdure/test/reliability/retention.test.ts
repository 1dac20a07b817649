import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator, TaskHub } from "perdure";
import { DEFAULT_WORKER_SETTINGS } from "../../src/engine/options.ts";
import { jsonCodec } from "../../src/model/payload.ts";
import { retentionRules } from "../../src/model/retention.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import type { Store } from "../../src/store/contract.ts";
import { parseRetention } from "../../src/task-hub/retention-option.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import type { NodeTime } from "../../src/testing/virtual-time.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";
import { AwayHub } from "../store-away/away-hub.testsuite.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const RETENTIONS = [
  ["1 minute", MINUTE],
  ["7 minutes", 7 * MINUTE],
  ["8 minutes", 8 * MINUTE],
  ["9 minutes", 9 * MINUTE],
  ["12 hours", 12 * HOUR],
  ["7 days", 7 * DAY],
  ["30 days", 30 * DAY],
] as const;

for (const store of inTurn("retention", ["memory", "sqlite"] as const)) {
  for (const [label, retentionMs] of RETENTIONS) {
    test(`a retention of ${label} purges what ended before it, and nothing else: ${store}`, async () => {
      const retention = { rules: retentionRules({ default: retentionMs, perFunction: {} }), archive: null };
      const functions = () => [orchestrator("Quick", () => "done")];
      await using fleet = await TestFleet.open(1, { store, functions, settings: { retention } });
      await fleet.start(0, "Quick", ["old-1", "old-2"]);
      await fleet.advance(1_000);
      // Most of it passes at once, what is left with every tick of the upkeep.
      fleet.sim.world.jump(retentionMs - 50_000);
      await fleet.advance(10_000);
      assert.equal((await fleet.status("old-1"))?.runtimeStatus, "Completed", "not before its time");
      await fleet.start(0, "Quick", "young");
      await fleet.advance(39_000 + MINUTE + 2_000);
      assert.deepEqual([await fleet.status("old-1"), await fleet.status("old-2")], [null, null]);
      if (retentionMs > 2 * MINUTE) assert.equal((await fleet.status("young"))?.runtimeStatus, "Completed");
    });
  }
}

const family = () => {
  const child = orchestrator("Child", async (ctx, stays: boolean) => (stays ? ctx.waitForExternalEvent("go") : 1));
  return [
    child,
    orchestrator("Parent", async (ctx) => {
      const id = ctx.instanceId;
      await ctx.callSubOrchestrator(child, false, { instanceId: `${id}-child` });
      if (id.startsWith("live")) await ctx.waitForExternalEvent("go");
    }),
    orchestrator("Fails", () => {
      throw new Error("no");
    }),
    orchestrator("Nightly", () => "done"),
  ];
};

const times = { default: HOUR, Failed: 3 * HOUR, perFunction: { NIGHTLY: { default: 10 * MINUTE }, child: { default: MINUTE } } };

for (const store of inTurn("retention, 2", ["memory", "sqlite"] as const)) {
  test(`by status and orchestrator, with children and never before a parent has ended: ${store}`, async () => {
    const retention = { rules: retentionRules(times), archive: null };
    await using fleet = await TestFleet.open(1, { store, functions: family, settings: { retention, sweepEveryMs: 10_000 } });
    await fleet.start(0, "Parent", ["live-1", "parent-1"]);
    await fleet.start(0, "Fails", "failed");
    await fleet.start(0, "Nightly", "nightly");
    await fleet.advance(20_000);
    const ids = ["live-1", "live-1-child", "parent-1", "parent-1-child", "failed", "nightly"];
    const left = async () => {
      const found = await Promise.all(ids.map(async (id) => ((await fleet.status(id)) === null ? [] : [id])));
      return found.flat();
    };
    assert.deepEqual(await left(), ids);
    await fleet.advance(2 * MINUTE);
    assert.deepEqual(
      await left(),
      ["live-1", "live-1-child", "parent-1", "failed", "nightly"],
      "a child whose time is over goes before an ended parent",
    );
    fleet.sim.world.jump(20 * MINUTE);
    await fleet.advance(30_000);
    assert.deepEqual(await left(), ["live-1", "live-1-child", "parent-1", "failed"]);
    fleet.sim.world.jump(HOUR);
    await fleet.advance(30_000);
    assert.deepEqual(await left(), ["live-1", "live-1-child", "failed"]);
    fleet.sim.world.jump(3 * HOUR);
    await fleet.advance(30_000);
    assert.deepEqual(await left(), ["live-1", "live-1-child"], "under a live parent none goes, however old");
  });
}

test("each instance is offered to the archive before it goes, its children first; what is refused stays and is offered again", async () => {
  const offered: string[] = [];
  let refuses = true;
  const archive = async ({ instanceId }: { readonly instanceId: string }) => {
    offered.push(instanceId);
    if (instanceId === "parent-2-child" && refuses) throw new Error("the archive is away");
    return !(instanceId === "nightly" && refuses);
  };
  const retention = { rules: retentionRules({ default: MINUTE, perFunction: {} }), archive };
  await using fleet = await TestFleet.open(1, { store: "memory", functions: family, settings: { retention, sweepEveryMs: 5_000 } });
  await fleet.start(0, "Parent", ["parent-1", "parent-2"]);
  await fleet.start(0, "Nightly", "nightly");
  await fleet.advance(10_000);
  fleet.sim.world.jump(MINUTE);
  await fleet.advance(10_000);
  assert.ok(offered.indexOf("parent-1-child") < offered.indexOf("parent-1"), offered.join());
  assert.deepEqual([await fleet.status("parent-1"), await fleet.status("parent-1-child")], [null, null]);
  assert.notEqual(await fleet.status("parent-2"), null);
  assert.notEqual(await fleet.status("nightly"), null);
  refuses = false;
  await fleet.advance(6 * MINUTE);
  assert.deepEqual(
    [await fleet.status("parent-2"), await fleet.status("parent-2-child"), await fleet.status("nightly")],
    [null, null, null],
  );
});

for (const store of inTurn("retention, 3", ["memory", "sqlite"] as const)) {
  test(`lines of the audit go so long after what they record, and instances stay: ${store}`, async () => {
    const functions = () => [
      orchestrator("Quick", () => "done"),
      orchestrator("Loops", async (ctx, _round: null) => {
        await ctx.createTimer("30m");
        return ctx.continueAsNew(null);
      }),
    ];
    await using fleet = await TestFleet.open(1, { store, functions, settings: { keepAuditMs: HOUR } });
    const { store: rows, world } = fleet.sim;
    const pass = async (minutes: number) => {
      world.jump(minutes * MINUTE);
      await fleet.advance(10_000);
    };
    const seen = async () => (await rows.audit.read({ instanceId: null, limit: 2_000, place: null })).rows;
    await fleet.start(0, "Loops", "loops");
    await fleet.start(0, "Quick", ["stays", ...Array.from({ length: 600 }, (_, at) => `gone-${at}`)]);
    await pass(30);
    const range = { createdFrom: null, createdTo: null, completedBefore: null, statuses: [] };
    assert.equal((await rows.purge({ ...range, limit: 600 })).deleted, 600);
    await pass(30);
    await pass(29);
    assert.equal((await seen()).length, 601, "not before their time");
    await pass(10);
    assert.deepEqual(
      (await seen()).map(({ what, count }) => [what, count]),
      [["continueAsNew", 3]],
      "one that still counts is not old",
    );
    const left = await Promise.all(["stays", "gone-0", "gone-599"].map((id) => fleet.status(id)));
    assert.equal(left.filter((one) => one !== null).length, 1, "no instance went");
  });
}

test("without a word lines of the audit stay as long as the instances that stay longest, a day at least, and 30 days beside those that stay for ever", async () => {
  const kept = (given: unknown) => parseRetention(given, "test", { codec: jsonCodec, maxJsonDepth: 10 }).keepAuditMs;
  assert.equal(kept("1m"), DAY);
  assert.equal(kept({ default: "7d", Failed: "90d" }), 90 * DAY);
  assert.equal(kept({ default: "7d", Failed: "forever" }), 7 * DAY);
  assert.equal(kept("forever"), 30 * DAY);
  assert.equal(kept({ default: "7d", audit: "1h" }), HOUR);
  assert.equal(kept({ audit: "forever" }), null);
  assert.equal(DEFAULT_WORKER_SETTINGS.keepAuditMs, 30 * DAY);
  for (const audit of ["soon", -1, true])
    await assert.rejects(TaskHub.open("memory:", { retention: JSON.parse(JSON.stringify({ audit })) }), {
      code: "OPTION_INVALID",
      message: /"retention.audit" is .*; expected a duration such as "30d", or "forever"/,
    });
});

/** A slice holds the store for 20 µs an instance, and waits for 30 ms before that, as on a busy disk. */
const MS_EACH = 0.02;
const WAIT_MS = 30;

test("a purge takes slices that hold the store for 5 ms at most, and a tenth of its time, however long they wait", async () => {
  const slices: { readonly at: number; readonly limit: number }[] = [];
  const around = (store: Store, time: NodeTime): Store => ({
    ...interceptStore(store, (_, call) => call()),
    purge: async (params) => {
      if (!("limit" in params)) return store.purge(params);
      slices.push({ at: time.monotonicMs(), limit: params.limit });
      await new Promise<void>((resolve) => time.after(WAIT_MS, resolve));
      return { deleted: params.limit, complete: slices.length % 40 === 0, heldMs: params.limit * MS_EACH };
    },
  });
  const retention = { rules: retentionRules({ default: MINUTE, perFunction: {} }), archive: null };
  await using hub = await AwayHub.open({ functions: [orchestrator("Quick", () => "done")], around, settings: { retention } });
  await hub.pass(2 * MINUTE);
  const pass = slices.slice(4, 38);
  assert.equal(pass.length, 34, `${slices.length} slices`);
  const held = pass.map(({ limit }) => limit * MS_EACH);
  assert.ok(Math.max(...held) <= 5, `held for ${held}`);
  const sum = (times: readonly number[]) => times.reduce((all, ms) => all + ms, 0);
  const [first, last] = [pass[0]?.at ?? 0, pass.at(-1)?.at ?? 0];
  const pauses = last - first - WAIT_MS * (pass.length - 1);
  const ratio = pauses / sum(held.slice(0, -1));
  assert.ok(ratio > 8.5 && ratio < 9.5, `${ratio} times as much pause as hold`);
});
