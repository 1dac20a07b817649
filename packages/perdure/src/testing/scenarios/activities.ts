import { activity } from "../../functions/activity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import type { Scenario } from "./scenario.ts";
import { expectEnd, expectSame } from "./scenario.ts";

export const activityScenarios: readonly Scenario[] = [
  {
    name: "sequence",
    features: ["activity", "custom status"],
    instances: 1,
    functions: () => {
      const append = activity("sequence.append", (text: string) => `${text}.`);
      const main = orchestrator("sequence", async (ctx, text: string) => {
        let value = text;
        for (let i = 0; i < 3; i++) {
          value = await ctx.callActivity(append, value);
          ctx.setCustomStatus({ done: i + 1 });
        }
        return value;
      });
      return [append, main];
    },
    async drive(run) {
      await run.client.start({ name: "sequence", instanceId: run.id, input: "x" });
      const ended = await expectEnd(run, run.id, "Completed", "x...");
      expectSame("custom status", ended.customStatus, '{"done":3}');
    },
  },
  {
    name: "fan-out",
    features: ["fan-out", "big payload"],
    instances: 1,
    functions: () => {
      const square = activity("fan-out.square", (n: number) => ({ square: n * n, ballast: "é".repeat(n === 3 ? 20_000 : 1) }));
      const main = orchestrator("fan-out", async (ctx, count: number) => {
        const tasks = Array.from({ length: count }, (_, n) => ctx.callActivity(square, n));
        const [first, ...rest] = await Promise.all(tasks);
        const again = await ctx.all([ctx.callActivity(square, 4), ctx.callActivity(square, 5)]);
        return [first, ...rest, ...again].reduce((sum, part) => sum + (part?.square ?? 0), 0);
      });
      return [square, main];
    },
    async drive(run) {
      await run.client.start({ name: "fan-out", instanceId: run.id, input: 5 });
      await expectEnd(run, run.id, "Completed", 30 + 16 + 25);
    },
  },
  {
    name: "retry",
    features: ["retry"],
    instances: 1,
    functions: () => {
      const flaky = activity("retry.flaky", (until: number, ctx) => {
        if (ctx.attempt < until) throw new TypeError(`attempt ${ctx.attempt}`);
        return ctx.attempt;
      });
      const main = orchestrator("retry", async (ctx) => {
        const retry = { maxAttempts: 3, firstInterval: "100ms", backoff: 2 } as const;
        const third = await ctx.callActivity(flaky, 3, { retry });
        const never = await ctx.callActivity(flaky, 9, { retry }).catch((error: Error) => error.message);
        return { third, gaveUp: never !== 9 && String(never).includes("attempt 3") };
      });
      return [flaky, main];
    },
    async drive(run) {
      await run.client.start({ name: "retry", instanceId: run.id });
      await expectEnd(run, run.id, "Completed", { third: 3, gaveUp: true });
    },
  },
  {
    name: "timeout",
    features: ["timeout", "hung activity"],
    instances: 1,
    functions: (env) => {
      const hang = activity("timeout.hang", (_: null, ctx) => env.sleep(3_600_000, ctx.signal).then(() => "?"));
      const sometimes = activity("timeout.sometimes", async (text: string) => {
        if (env.shouldHang()) await env.sleep(3_600_000);
        return text;
      });
      const main = orchestrator("timeout", async (ctx) => {
        const first = await ctx
          .callActivity(hang, null, { timeout: "300ms" })
          .catch((error: { failure?: { errorType: string } }) => error.failure?.errorType);
        const second = await ctx.callActivity(sometimes, "there", { timeout: "400ms", retry: { maxAttempts: 50, firstInterval: "10ms" } });
        return { first, second };
      });
      return [hang, sometimes, main];
    },
    async drive(run) {
      await run.client.start({ name: "timeout", instanceId: run.id });
      await expectEnd(run, run.id, "Completed", { first: "TimeoutError", second: "there" });
    },
  },
  {
    name: "heartbeat",
    features: ["heartbeat"],
    instances: 1,
    functions: (env) => {
      const climb = activity("heartbeat.climb", async (_: null, ctx) => {
        const from = typeof ctx.progress === "number" ? ctx.progress : 0;
        ctx.heartbeat(from + 1);
        await env.sleep(50);
        ctx.heartbeat(from + 2);
        if (ctx.attempt < 3) throw new Error(`slipped at ${from + 2}`);
        return from + 2;
      });
      const main = orchestrator("heartbeat", (ctx) => ctx.callActivity(climb, null, { retry: { maxAttempts: 3, firstInterval: "50ms" } }));
      return [climb, main];
    },
    async drive(run) {
      await run.client.start({ name: "heartbeat", instanceId: run.id });
      const { output } = await run.client.result(run.id);
      // Progress is never lost between attempts; an attempt that a crash repeats may begin from its own last heartbeat.
      if (run.calm) expectSame("progress", output, "6");
      else if (Number(output) < 6) throw new Error(`progress is ${output}, expected 6 at least`);
    },
  },
  {
    name: "long-activity",
    features: ["long activity"],
    instances: 1,
    functions: (env) => {
      const crawl = activity("long-activity.crawl", async (ms: number) => {
        await env.sleep(ms);
        return "arrived";
      });
      const main = orchestrator("long-activity", (ctx) => ctx.callActivity(crawl, 2_600));
      return [crawl, main];
    },
    async drive(run) {
      await run.client.start({ name: "long-activity", instanceId: run.id });
      await expectEnd(run, run.id, "Completed", "arrived");
    },
  },
  {
    name: "abort",
    features: ["abort", "terminate"],
    instances: 1,
    functions: (env) => {
      const wait = activity("abort.wait", async (_: null, ctx) => {
        env.note(`${ctx.instanceId} began`);
        await env.sleep(3_600_000, ctx.signal).catch((error: Error) => {
          env.note(`${ctx.instanceId} aborted`);
          throw error;
        });
      });
      const main = orchestrator("abort", (ctx) => ctx.callActivity(wait, null));
      return [wait, main];
    },
    async drive(run) {
      await run.client.start({ name: "abort", instanceId: run.id });
      await run.client.until(run.id, (shadow) => (shadow.history.get(0)?.length ?? 0) > 2);
      if (run.calm) await run.client.world.sleep(50);
      await run.client.terminate(run.id, false);
      await expectEnd(run, run.id, "Terminated", "enough");
      if (!run.calm) return;
      await run.client.world.sleep(10);
      expectSame("aborted activities", run.noted(`${run.id} aborted`), 1);
    },
  },
  {
    name: "poison",
    features: ["poison activity"],
    instances: 1,
    functions: (env) => {
      const deadly = activity("poison.deadly", async (_: null, ctx) => {
        const times = env.note(`${ctx.instanceId} ran`);
        if (times <= 2 && env.crash()) await env.sleep(3_600_000);
        return "survived";
      });
      const main = orchestrator("poison", (ctx) => ctx.callActivity(deadly, null));
      return [deadly, main];
    },
    async drive(run) {
      await run.client.start({ name: "poison", instanceId: run.id });
      await expectEnd(run, run.id, "Completed", "survived");
    },
  },
  {
    name: "poison-code",
    features: ["poison orchestrator"],
    instances: 4,
    functions: (env) => {
      const quiet = activity("poison-code.quiet", () => "unharmed");
      const neighbour = orchestrator("poison-code.neighbour", (ctx) => ctx.callActivity(quiet));
      const main = orchestrator("poison-code", (ctx) => {
        if (env.note(`${ctx.instanceId} ran`) <= 2) env.crash();
        return "survived";
      });
      return [quiet, neighbour, main];
    },
    async drive(run) {
      await run.client.start({ name: "poison-code", instanceId: run.id });
      for (let n = 0; n < 3; n++) await run.client.start({ name: "poison-code.neighbour", instanceId: `${run.id}-${n}` });
      for (let n = 0; n < 3; n++) await expectEnd(run, `${run.id}-${n}`, "Completed", "unharmed");
      await expectEnd(run, run.id, "Completed", "survived");
    },
  },
  {
    name: "context",
    features: ["deterministic context", "failure"],
    instances: 2,
    functions: () => {
      const echo = activity("context.echo", (value: { at: number; guid: string }) => value);
      const main = orchestrator("context", async (ctx) => {
        const one = { at: ctx.currentUtcDateTime.getTime(), guid: ctx.newGuid() };
        const back = await ctx.callActivity(echo, one);
        await ctx.createTimer("40ms");
        const two = { at: ctx.currentUtcDateTime.getTime(), guid: ctx.newGuid() };
        const later = await ctx.callActivity(echo, two);
        return back.at === one.at && back.guid === one.guid && later.at >= back.at + 40 && later.guid !== back.guid;
      });
      const broken = orchestrator("context.broken", async (ctx) => {
        await ctx.createTimer("10ms");
        throw new RangeError("out of range");
      });
      return [echo, main, broken];
    },
    async drive(run) {
      await run.client.start({ name: "context", instanceId: run.id });
      await run.client.start({ name: "context.broken", instanceId: `${run.id}-b` });
      await expectEnd(run, run.id, "Completed", true);
      await expectEnd(run, `${run.id}-b`, "Failed", "out of range");
    },
  },
];
