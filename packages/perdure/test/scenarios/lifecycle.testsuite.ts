import assert from "node:assert/strict";
import type { ContinuedAsNew } from "perdure";
import { activity, orchestrator, PerdureError } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";
import { Notes } from "../testing/notes.ts";

const notes = new Notes();
const echo = activity("echo", (value: unknown) => value);

const waits = orchestrator("waits", { version: "1.2" }, async (ctx) => ({
  got: await ctx.waitForExternalEvent<unknown>("Go"),
  version: ctx.version,
}));
const short = orchestrator("short", (_, n: number) => n);
const reports = orchestrator("reports", async (ctx) => {
  ctx.setCustomStatus({ at: "start", deep: [1, { two: null }] });
  await ctx.waitForExternalEvent("Next");
  ctx.setCustomStatus("done");
});
const slow = orchestrator("slow", async (ctx) => {
  const first = await ctx.waitForExternalEvent<number>("Go");
  await ctx.createTimer("20ms");
  return ctx.callActivity(echo, first);
});
const logs = orchestrator("logs", async (ctx) => {
  ctx.log.info("one", { n: 1 });
  await ctx.callActivity(echo, 1);
  ctx.log.warn("two");
  await ctx.createTimer("5ms");
  if (!ctx.isReplaying) notes.add(ctx.instanceId, "live");
  ctx.log.info("three");
});
const chance = orchestrator("chance", async (ctx) => {
  const draw = () => ({
    guid: ctx.newGuid(),
    random: Math.random(),
    uuid: crypto.randomUUID(),
    at: Date.now(),
    same: new Date().toISOString() === ctx.currentUtcDateTime.toISOString(),
  });
  const first = draw();
  const back = await ctx.callActivity(echo, first);
  const second = draw();
  const again = await ctx.callActivity(echo, second);
  return { same: JSON.stringify([back, again]) === JSON.stringify([first, second]), first, second };
});

/** All executions of it may run while the clock stands still. */
const loops = orchestrator("loops", async (ctx, drawn: readonly string[]): Promise<readonly string[] | ContinuedAsNew> => {
  const draws = [ctx.newGuid(), ctx.newGuid(), `${Math.random()}`, crypto.randomUUID(), ctx.startOrchestration(short, 1)];
  const all = [...drawn, ...draws];
  return all.length < 100 ? ctx.continueAsNew(all) : all;
});

/** Says in its result, and by its tags, which executions it had. */
const upgrades = orchestrator("upgrades", { version: "1" }, async (ctx, seen: readonly (string | null)[]): Promise<unknown> => {
  const all = [...seen, ctx.version];
  if (all.length === 1) return ctx.continueAsNew(all);
  if (all.length === 2) return ctx.continueAsNew(all, { version: "2", tags: { stage: "two" } });
  // Of another name each time: a copy of the first one may come when the next execution has begun, and counts again there.
  await ctx.waitForExternalEvent(`Go${all.length}`);
  if (all.length === 3) return ctx.continueAsNew(all, { tags: {} });
  return { all, child: await ctx.callSubOrchestrator(short, 5, { tags: { kind: "child" }, instanceId: `${ctx.instanceId}-c` }) };
});

const code = (wanted: string) => (error: unknown) => error instanceof PerdureError && error.code === wanted;

const scenarios: readonly Scenario[] = [
  {
    title: "guids, random numbers and ids of children do not repeat over continue-as-new, nor under a reused id",
    async run(stand, id) {
      const drawn: unknown[] = [];
      for (let run = 1; run <= 2; run++) {
        await stand.client.startNew(loops, { instanceId: id, input: [] });
        drawn.push(...((await stand.end(id)).output as readonly unknown[]));
      }
      assert.equal(drawn.length, 200);
      assert.equal(new Set(drawn).size, 200);
    },
  },
  {
    title: "continue-as-new gives the next execution another version and other tags, or keeps them",
    async run(stand, id) {
      const run = await stand.client.startNew(upgrades, { instanceId: id, input: [], tags: { team: "a" } });
      const isThird = async () => {
        const { version, tags } = await stand.status(id);
        const waits = version === "2" && (await stand.kinds(id)).includes("OrchestratorCompleted");
        return waits && JSON.stringify(tags) === JSON.stringify({ stage: "two" });
      };
      await stand.until("the third execution waits", isThird);
      const [started] = (await stand.history(id)).filter((event) => event.kind === "ExecutionStarted");
      assert.ok(started?.kind === "ExecutionStarted");
      assert.deepEqual([started.version, started.tags, started.generation], ["2", { stage: "two" }, 2]);
      await run.raiseEvent("Go3");
      await stand.until("the fourth execution waits", async () => (await stand.status(id)).tags?.stage === undefined);
      await run.raiseEvent("Go4");
      const { output, version, tags } = await stand.end(id);
      assert.deepEqual(output, { all: ["1", "1", "2", "2"], child: 5 });
      assert.deepEqual([version, tags], ["2", {}]);
      assert.deepEqual((await stand.status(`${id}-c`)).tags, { kind: "child" });
    },
  },
  {
    title: "suspend holds events, timers and results back; resume lets them in, in order",
    async run(stand, id) {
      const run = await stand.client.startNew(slow, { instanceId: id });
      await stand.untilStatus(id, "Running");
      await run.suspend("tea");
      await stand.untilStatus(id, "Suspended");
      await run.raiseEvent("Go", 5);
      await stand.until(
        "the event is there",
        async () => (await stand.kinds(id)).includes("EventRaised") || (await stand.store.dump()).inbox.length > 0,
      );
      assert.equal((await stand.status(id)).runtimeStatus, "Suspended");
      assert.ok(!(await stand.kinds(id)).includes("TimerCreated"), "the orchestrator ran while suspended");
      await run.resume("back");
      await stand.expectEnd(id, "Completed", 5);
      const reasons = (await stand.history(id)).flatMap((event) =>
        event.kind === "ExecutionSuspended" || event.kind === "ExecutionResumed" ? [event.reason] : [],
      );
      assert.deepEqual([...new Set(reasons)], ["tea", "back"]);
    },
  },
  {
    title: "a suspended instance can be terminated",
    async run(stand, id) {
      const run = await stand.client.startNew(waits, { instanceId: id });
      await run.suspend();
      await stand.untilStatus(id, "Suspended");
      await run.terminate({ reason: "no tea" });
      await stand.expectEnd(id, "Terminated", "no tea");
    },
  },
  {
    title: "a scheduled start is Pending until its time, and can be terminated before",
    async run(stand, id) {
      const begun = stand.now;
      await stand.client.startNew(short, { instanceId: `${id}-soon`, input: 1, startAt: new Date(begun + 300) });
      const later = await stand.client.startNew(short, { instanceId: `${id}-later`, input: 2, startAt: "7d" });
      assert.equal((await stand.status(`${id}-later`)).runtimeStatus, "Pending");
      await later.terminate({ reason: "not needed" });
      await stand.expectEnd(`${id}-later`, "Terminated", "not needed");
      await stand.expectEnd(`${id}-soon`, "Completed", 1);
      const [started] = (await stand.history(`${id}-soon`)).filter((event) => event.kind === "ExecutionStarted");
      assert.ok(started !== undefined && started.ts >= begun + 300, "started early");
    },
  },
  {
    title: "tags, version and input are stored and visible",
    async run(stand, id) {
      await stand.client.startNew(waits, { instanceId: `${id}-d`, tags: { customer: "42", "weird key": "ü" } });
      await stand.client.startNew(waits, { instanceId: `${id}-o`, version: "9" });
      await stand.client.raiseEvent(`${id}-d`, "Go", null);
      await stand.client.raiseEvent(`${id}-o`, "Go", { a: [1] });
      await stand.expectEnd(`${id}-d`, "Completed", { got: null, version: "1.2" });
      await stand.expectEnd(`${id}-o`, "Completed", { got: { a: [1] }, version: "9" });
      const { tags, version, name } = await stand.status(`${id}-d`);
      assert.deepEqual({ tags, name }, { tags: { customer: "42", "weird key": "ü" }, name: "waits" });
      assert.equal((await stand.status(`${id}-o`)).version, "9");
      assert.ok(version === null || version === "1.2");
    },
  },
  {
    title: "an id in use is a conflict, a finished one is replaced",
    async run(stand, id) {
      const run = await stand.client.startNew(waits, { instanceId: id });
      await assert.rejects(stand.client.startNew(waits, { instanceId: id }), code("INSTANCE_EXISTS"));
      await run.raiseEvent("Go", 1);
      await stand.expectEnd(id, "Completed", { got: 1, version: "1.2" });
      await stand.client.startNew(short, { instanceId: id, input: 7 });
      await stand.expectEnd(id, "Completed", 7);
      assert.equal((await stand.history(id)).filter((event) => event.kind === "ExecutionStarted").length, 1);
    },
  },
  {
    title: "onExisting replace ends a live instance and starts the new one",
    async run(stand, id) {
      await stand.client.startNew(waits, { instanceId: id });
      await stand.untilStatus(id, "Running");
      // A wait is not answered by the end of the run that was replaced.
      const eighth = await stand.client.startNew(short, { instanceId: id, input: 8, onExisting: "replace" });
      assert.equal(await eighth.result(), 8);
      const ninth = await stand.client.startNew(short, { instanceId: id, input: 9, onExisting: "replace" });
      assert.equal(await ninth.result(), 9);
    },
  },
  {
    title: "onExisting attach gives the handle of what is there and starts nothing",
    async run(stand, id) {
      await stand.client.startNew(waits, { instanceId: id });
      const again = await stand.client.startNew(waits, { instanceId: id, onExisting: "attach" });
      await again.raiseEvent("Go", "x");
      assert.deepEqual(await again.result(), { got: "x", version: "1.2" });
      const fresh = await stand.client.startNew(short, { instanceId: `${id}-new`, input: 3, onExisting: "attach" });
      assert.equal(await fresh.result(), 3);
    },
  },
  {
    title: "the custom status is visible at once and kept at the end",
    async run(stand, id) {
      const run = await stand.client.startNew(reports, { instanceId: id });
      await stand.untilCustomStatus(id, { at: "start", deep: [1, { two: null }] });
      await run.raiseEvent("Next");
      await stand.expectEnd(id, "Completed", undefined);
      assert.equal((await stand.status(id)).customStatus, "done");
    },
  },
  {
    title: "the log of an orchestrator is written once, whatever is replayed",
    async run(stand, id) {
      await stand.client.startNew(logs, { instanceId: id });
      await stand.end(id);
      const lines = stand.log
        .filter(({ fields, event }) => fields.instanceId === id && event === "function.log")
        .map(({ message }) => message);
      assert.deepEqual(lines, ["one", "two", "three"]);
      assert.deepEqual(new Set(notes.of(id)), new Set(["live"]));
    },
  },
  {
    title: "guids, random numbers and dates are the same in every replay, and differ from draw to draw",
    async run(stand, id) {
      await stand.client.startNew(chance, { instanceId: id });
      const { same, first, second } = (await stand.end(id)).output as { same: boolean; first: Draw; second: Draw };
      assert.ok(same && first.same && second.same);
      assert.equal(new Set([first.guid, first.uuid, second.guid, second.uuid]).size, 4);
      assert.notEqual(first.random, second.random);
    },
  },
  {
    title: "purge takes finished instances only",
    async run(stand, id) {
      const run = await stand.client.startNew(waits, { instanceId: id });
      await assert.rejects(stand.client.purge(id), code("INSTANCE_NOT_TERMINAL"));
      await run.raiseEvent("Go", 1);
      await stand.end(id);
      assert.equal(await stand.client.purge(id), true);
      assert.equal(await stand.client.purge(id), false);
      assert.equal(await stand.client.getStatus(id), null);
    },
  },
  {
    title: "query finds instances by status and prefix, page by page",
    async run(stand, id) {
      const ids = Array.from({ length: 7 }, (_, n) => `${id}-q${n}`);
      for (const one of ids) await stand.client.startNew(short, { instanceId: one, input: 1 });
      for (const one of ids) await stand.end(one);
      const found: string[] = [];
      for await (const { instanceId } of stand.client.query({ instanceIdPrefix: `${id}-q`, runtimeStatus: ["Completed"], pageSize: 3 }))
        found.push(instanceId);
      assert.deepEqual(found.toSorted(), ids);
    },
  },
  {
    title: "waits: for the start, with a limit, for an unknown id",
    async run(stand, id) {
      const run = await stand.client.startNew(waits, { instanceId: id });
      const started = await stand.client.waitForStart(id, { timeout: "5s" });
      assert.equal(started.runtimeStatus, "Running");
      await assert.rejects(run.result({ timeout: "30ms" }), code("RESULT_TIMEOUT"));
      await assert.rejects(stand.client.handle(waits, `${id}-nobody`).result(), code("INSTANCE_NOT_FOUND"));
      await run.terminate();
      await stand.end(id);
    },
  },
];

interface Draw {
  readonly guid: string;
  readonly uuid: string;
  readonly random: number;
  readonly same: boolean;
}

export const lifecycleSuite: Suite = {
  name: "lifecycle",
  functions: [echo, waits, short, reports, slow, logs, chance, loops, upgrades],
  scenarios,
};
