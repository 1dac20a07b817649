import assert from "node:assert/strict";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ContinuedAsNew, OrchestratorContext } from "perdure";
import { activity, externalEvent, orchestrator, TimeoutError } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";

const echo = activity("echo", (value: unknown) => value);

const approval = externalEvent<string>("Approval");
const waitsOnce = orchestrator("waitsOnce", (ctx) => ctx.waitForExternalEvent(approval));

const whole: StandardSchemaV1<number, number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => (Number.isInteger(value) ? { value: Number(value) } : { issues: [{ message: "no whole number" }] }),
  },
};
const amount = externalEvent("Amount", whole);
const sums = orchestrator("sums", async (ctx) => {
  const first = await ctx.waitForExternalEvent(amount);
  await ctx.callActivity(echo, 1);
  const { key, winner } = await ctx.any({ next: ctx.waitForExternalEvent(amount), late: ctx.createTimer("1h") });
  return key === "next" ? first + winner.result : -1;
});

const takes = orchestrator("takes", async (ctx, count: number) => {
  const got: unknown[] = [];
  while (got.length < count) got.push(await ctx.waitForExternalEvent("Item"));
  return got;
});

const pairs = orchestrator("pairs", async (ctx) => {
  const older = ctx.waitForExternalEvent("E");
  const newer = ctx.waitForExternalEvent("e");
  ctx.setCustomStatus("waiting");
  return { newer: await newer, older: await older };
});

const patience = orchestrator("patience", async (ctx) => {
  const defaulted = await ctx.waitForExternalEvent<string>("Never", { timeout: "20ms", default: "nothing" });
  const thrown = await ctx.waitForExternalEvent("Never", { timeout: "20ms" }).catch((error: unknown) => error instanceof TimeoutError);
  const inTime = await ctx.waitForExternalEvent<string>("Buffered", { timeout: "1h" });
  return { defaulted, thrown, inTime };
});

const gate = orchestrator("gate", async (ctx) => {
  await ctx.waitForExternalEvent("Open");
  await ctx.callActivity(echo, 1);
  return [await ctx.waitForExternalEvent("Queue"), await ctx.waitForExternalEvent("Queue")];
});

const races = orchestrator("races", async (ctx) => {
  const slow = ctx.createTimer("1h");
  const quick = ctx.createTimer("10ms");
  const { key } = await ctx.any({ slow, quick });
  slow.cancel();
  const [event, timer] = [ctx.waitForExternalEvent<string>("Pick"), ctx.createTimer("1h")];
  const { winner, index } = await ctx.any([event, timer]);
  timer.cancel();
  const never = ctx.waitForExternalEvent<string>("Unheard");
  const raced = await Promise.race([never, ctx.callActivity(echo, "raced")]);
  const firstGood = await Promise.any([ctx.callActivity("nobody", null), ctx.callActivity(echo, "good")]);
  const settled = await Promise.allSettled([ctx.callActivity("nobody", null), ctx.callActivity(echo, 2)]);
  never.cancel();
  return { key, index, picked: winner.result ?? null, raced, firstGood, settled: settled.map((one) => one.status) };
});

const collects = orchestrator("collects", async (ctx) => {
  const failed = await ctx
    .all([ctx.callActivity(echo, 1), ctx.callActivity("nobody", null), ctx.callActivity("noOne", null)])
    .catch((error: unknown) => error);
  const all = await ctx.all([ctx.callActivity(echo, "a"), ctx.callActivity(echo, "b")]);
  const faulted = ctx.callActivity("nobody", null);
  const { winner } = await ctx.any([faulted]);
  return { all, errors: failed instanceof AggregateError ? failed.errors.length : -1, winnerFaulted: winner.isFaulted };
});

/** Adds up, a generation for each event; an event that came twice (its sender asked again) counts once. */
const counts = orchestrator(
  "counts",
  async (
    ctx: OrchestratorContext<{ seen: number[]; until: number; rest: boolean }>,
    state: { seen: number[]; until: number; rest: boolean },
  ): Promise<number[] | ContinuedAsNew> => {
    const n = await ctx.waitForExternalEvent<number>("Count");
    if (state.rest) await ctx.createTimer("0ms");
    const seen = state.seen.includes(n) ? state.seen : [...state.seen, n];
    return seen.length < state.until ? ctx.continueAsNew({ ...state, seen }) : seen;
  },
);

const forgets = orchestrator("forgets", async (ctx: OrchestratorContext<number>, round: number): Promise<unknown> => {
  await ctx.waitForExternalEvent("Next");
  if (round === 0) return ctx.continueAsNew(1, { preserveUnprocessedEvents: false });
  return "second";
});

const sender = orchestrator("sender", async (ctx, to: string) => {
  for (let i = 1; i <= 3; i++) ctx.raiseEvent(to, "Item", i);
  ctx.raiseEvent("nobody-has-this-id", "Item", 0);
  await ctx.callActivity(echo, null);
  return "sent";
});

const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

const scenarios: readonly Scenario[] = [
  {
    title: "an event reaches its wait whatever its letters' case, typed by its token",
    async run(stand, id) {
      const run = await stand.client.startNew(waitsOnce, { instanceId: id });
      await stand.client.raiseEvent(id, "aPPROVAL", "yes");
      assert.equal(await run.result(), "yes");
      const other = await stand.client.startNew(waitsOnce, { instanceId: `${id}-t` });
      await other.raiseEvent(approval, "typed");
      assert.equal(await other.result(), "typed");
    },
  },
  {
    title: "names compare ordinally: only the case of letters is ignored",
    async run(stand, id) {
      const run = await stand.client.startNew(waitsOnce, { instanceId: id });
      await run.raiseEvent("Äpproval", "no");
      await run.raiseEvent("Approval ", "no");
      await run.raiseEvent("approval", "yes");
      assert.equal(await run.result(), "yes");
    },
  },
  {
    title: "payloads of one name come first in, first out",
    async run(stand, id) {
      const run = await stand.client.startNew(takes, { instanceId: id, input: 6 });
      for (const n of range(6)) await run.raiseEvent(n % 2 === 0 ? "item" : "ITEM", n);
      await stand.expectEnd(id, "Completed", range(6));
    },
  },
  {
    title: "of several waits on one name the newest is served first",
    async run(stand, id) {
      const run = await stand.client.startNew(pairs, { instanceId: id });
      await stand.untilCustomStatus(id, "waiting");
      await run.raiseEvent("E", 1);
      await run.raiseEvent("E", 2);
      await stand.expectEnd(id, "Completed", { newer: 1, older: 2 });
    },
  },
  {
    title: "a wait with a timeout gives its default or throws, and takes what was buffered",
    async run(stand, id) {
      const run = await stand.client.startNew(patience, { instanceId: id });
      await run.raiseEvent("buffered", "here");
      await stand.expectEnd(id, "Completed", { defaulted: "nothing", thrown: true, inTime: "here" });
    },
  },
  {
    title: "events that come before a wait are kept in order",
    async run(stand, id) {
      const run = await stand.client.startNew(gate, { instanceId: id });
      await run.raiseEvent("Queue", "a");
      await run.raiseEvent("Queue", "b");
      await run.raiseEvent("Open");
      await stand.expectEnd(id, "Completed", ["a", "b"]);
    },
  },
  {
    title: "any, Promise.race, Promise.any and allSettled",
    async run(stand, id) {
      const run = await stand.client.startNew(races, { instanceId: id });
      await run.raiseEvent("Pick", "me");
      await stand.expectEnd(id, "Completed", {
        key: "quick",
        index: 0,
        picked: "me",
        raced: "raced",
        firstGood: "good",
        settled: ["rejected", "fulfilled"],
      });
    },
  },
  {
    title: "all waits for all and throws one AggregateError; any does not throw for a failed winner",
    async run(stand, id) {
      await stand.client.startNew(collects, { instanceId: id });
      await stand.expectEnd(id, "Completed", { all: ["a", "b"], errors: 2, winnerFaulted: true });
    },
  },
  {
    title: "N events in a tight loop of continueAsNew: N seen",
    async run(stand, id) {
      const run = await stand.client.startNew(counts, { instanceId: id, input: { seen: [], until: 40, rest: false } });
      await Promise.all(range(40).map((n) => run.raiseEvent("Count", n)));
      const { output } = await stand.end(id);
      assert.deepEqual(
        (output as number[]).toSorted((a, b) => a - b),
        range(40),
      );
    },
  },
  {
    title: "events wait in line through continueAsNew when their sender does not hurry",
    async run(stand, id) {
      const run = await stand.client.startNew(counts, { instanceId: id, input: { seen: [], until: 12, rest: true } });
      for (const n of range(12)) await run.raiseEvent("Count", n);
      await stand.expectEnd(id, "Completed", range(12));
      assert.ok((await stand.history(id)).length < 40, "history grew over the generations");
    },
  },
  {
    title: "continueAsNew without preserveUnprocessedEvents drops what was not waited for",
    async run(stand, id) {
      if (stand.mode === "twice") return; // a copy that comes late is a new event to the next generation
      const run = await stand.client.startNew(forgets, { instanceId: id, input: 0 });
      await run.suspend();
      await stand.untilStatus(id, "Suspended");
      await run.raiseEvent("Next", 1);
      await run.raiseEvent("Next", 2);
      await run.resume();
      await stand.untilStatus(id, "Running");
      await stand.until("the second generation", async () =>
        (await stand.history(id)).some((event) => event.kind === "ExecutionStarted" && event.generation === 1),
      );
      assert.equal((await stand.status(id)).runtimeStatus, "Running");
      await run.raiseEvent("Next", 3);
      await stand.expectEnd(id, "Completed", "second");
    },
  },
  {
    title: "what does not fit the schema of an event is refused where it is sent by the token, and ends no wait where it is sent by name",
    async run(stand, id) {
      const run = await stand.client.startNew(sums, { instanceId: id });
      const misfit = { code: "VALUE_INVALID", message: /The payload of event "Amount" does not fit its schema: no whole number/ };
      await assert.rejects(run.raiseEvent(amount, "seven" as never), misfit);
      await assert.rejects(stand.client.raiseEvent(id, amount, 0.5), misfit);
      const raised = (await stand.kinds(id)).filter((kind) => kind === "EventRaised");
      assert.deepEqual(raised, []);
      for (const data of ["seven", 0.5, null, { n: 7 }, 7, "eight", 8]) await run.raiseEvent("amount", data);
      await stand.expectEnd(id, "Completed", 15);
      const dropped = (await stand.history(id)).flatMap((event) =>
        event.kind === "OrchestratorCompleted" ? (event.droppedEvents ?? []) : [],
      );
      assert.deepEqual(dropped, [0, 1, 2, 3, 5]);
    },
  },
  {
    title: "an orchestration raises events to another instance, in order, and to an unknown id without harm",
    async run(stand, id) {
      await stand.client.startNew(takes, { instanceId: `${id}-to`, input: 3 });
      await stand.client.startNew(sender, { instanceId: id, input: `${id}-to` });
      await stand.expectEnd(id, "Completed", "sent");
      await stand.expectEnd(`${id}-to`, "Completed", [1, 2, 3]);
    },
  },
];

export const eventSuite: Suite = {
  name: "events",
  functions: [echo, waitsOnce, sums, takes, pairs, patience, gate, races, collects, counts, forgets, sender],
  scenarios,
};
