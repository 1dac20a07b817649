import assert from "node:assert/strict";
import { activity, orchestrator } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";

const DAY_MS = 86_400_000;

const waits = orchestrator("waits", async (ctx, until: string | number) => {
  const from = ctx.currentUtcDateTime.getTime();
  await ctx.createTimer(typeof until === "string" ? new Date(until) : { milliseconds: until });
  return ctx.currentUtcDateTime.getTime() - from;
});

const cancels = orchestrator("cancels", async (ctx, until: string) => {
  const timer = ctx.createTimer(new Date(until));
  await ctx.createTimer("5ms");
  timer.cancel();
  return timer.isCancelled;
});

const orders = orchestrator("orders", async (ctx) => {
  const fired: string[] = [];
  const wait = (name: string, ms: number) => ctx.createTimer({ milliseconds: ms }).then(() => fired.push(name));
  await Promise.all([wait("c", 60), wait("a", 20), wait("b", 40)]);
  return fired;
});

const noop = activity("noop", () => null);
const relative = orchestrator("relative", async (ctx) => {
  await ctx.callActivity(noop);
  const before = ctx.currentUtcDateTime.getTime();
  await ctx.createTimer("30ms");
  await ctx.callActivity(noop);
  return ctx.currentUtcDateTime.getTime() - before;
});

const clocks = orchestrator("clocks", async (ctx) => {
  const seen: number[] = [];
  for (let i = 0; i < 4; i++) {
    seen.push(ctx.currentUtcDateTime.getTime(), Date.now(), Date.parse(new Date().toISOString()));
    await ctx.callActivity(noop);
  }
  return seen;
});

const scenarios: readonly Scenario[] = [
  {
    title: "case 24: a timer in the past, of zero, of more than 24.8 days, of years, and until the year 9999",
    async run(stand, id) {
      const { client } = stand;
      await client.startNew(waits, { instanceId: `${id}-past`, input: "2001-02-03T04:05:06Z" });
      await client.startNew(waits, { instanceId: `${id}-zero`, input: 0 });
      await client.startNew(waits, { instanceId: `${id}-month`, input: 30 * DAY_MS });
      await client.startNew(waits, { instanceId: `${id}-years`, input: 800 * DAY_MS });
      await client.startNew(waits, { instanceId: `${id}-end`, input: "9999-12-31T23:59:59Z" });
      assert.ok(((await stand.end(`${id}-past`)).output as number) < 5_000);
      assert.ok(((await stand.end(`${id}-zero`)).output as number) < 5_000);
      const timerOf = (name: string) =>
        stand.until(`the timer of ${name} stands in history`, async () =>
          (await stand.history(`${id}-${name}`)).find((event) => event.kind === "TimerCreated"),
        );
      for (const name of ["month", "years"]) {
        await timerOf(name);
        assert.equal((await stand.status(`${id}-${name}`)).runtimeStatus, "Running");
      }
      const created = await timerOf("end");
      assert.equal(created.kind === "TimerCreated" && created.fireAt, Date.UTC(9999, 11, 31, 23, 59, 59));
      await stand.client.terminate(`${id}-end`);
    },
  },
  {
    title: "a cancelled timer of any length lets the instance complete now",
    async run(stand, id) {
      await stand.client.startNew(cancels, { instanceId: id, input: "9999-12-31T23:59:59Z" });
      await stand.expectEnd(id, "Completed", true);
      assert.ok((await stand.kinds(id)).includes("TimerCanceled"));
    },
  },
  {
    title: "timers fire in the order in which they are due, and never early",
    async run(stand, id) {
      await stand.client.startNew(orders, { instanceId: id });
      await stand.expectEnd(id, "Completed", ["a", "b", "c"]);
      for (const event of await stand.history(id)) if (event.kind === "TimerFired") assert.ok(event.ts >= event.fireAt, "fired early");
    },
  },
  {
    title: "case 25: relative timers count from the orchestration's time, the same in replay",
    async run(stand, id) {
      await stand.client.startNew(relative, { instanceId: id });
      const { output } = await stand.end(id);
      assert.ok((output as number) >= 30);
      const history = await stand.history(id);
      const created = history.findIndex((event) => event.kind === "TimerCreated");
      const timer = history[created];
      const episode = history.slice(0, created).findLast((event) => event.kind === "OrchestratorStarted");
      assert.ok(timer?.kind === "TimerCreated" && episode !== undefined);
      assert.equal(timer.fireAt, episode.ts + 30);
    },
  },
  {
    title: "the time that an orchestrator sees never goes back, and stands still within an episode",
    async run(stand, id) {
      await stand.client.startNew(clocks, { instanceId: id });
      const seen = (await stand.end(id)).output as number[];
      assert.deepEqual(
        seen,
        seen.toSorted((a, b) => a - b),
      );
      for (let i = 0; i < seen.length; i += 3) assert.deepEqual(seen.slice(i, i + 3), Array(3).fill(seen[i]));
      const starts = (await stand.history(id)).filter((event) => event.kind === "OrchestratorStarted");
      assert.deepEqual([...new Set(seen)], [...new Set(starts.slice(0, 4).map((event) => event.ts))]);
    },
  },
];

export const timerSuite: Suite = {
  name: "timers",
  functions: [waits, cancels, orders, noop, relative, clocks],
  scenarios,
};
