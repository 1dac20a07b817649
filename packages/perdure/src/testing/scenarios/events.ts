import { activity } from "../../functions/activity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import type { ContinuedAsNew } from "../../replay/functions/continued-as-new.ts";
import type { Scenario } from "./scenario.ts";
import { expectEnd } from "./scenario.ts";

export const eventScenarios: readonly Scenario[] = [
  {
    name: "events",
    features: ["event", "event order"],
    instances: 1,
    functions: () => {
      const settle = activity("events.settle", () => "settled");
      const main = orchestrator("events", async (ctx) => {
        const got: unknown[] = [await ctx.waitForExternalEvent("Item")];
        await ctx.callActivity(settle);
        for (let i = 0; i < 3; i++) got.push(await ctx.waitForExternalEvent("ITEM"));
        // Of two waits on one name the newest is served first.
        const older = ctx.waitForExternalEvent("Pair");
        const newer = ctx.waitForExternalEvent("pair");
        ctx.setCustomStatus("paired");
        got.push({ newer: await newer, older: await older });
        return got;
      });
      return [settle, main];
    },
    async drive(run) {
      await run.client.start({ name: "events", instanceId: run.id });
      for (let n = 1; n <= 4; n++) await run.client.raise(run.id, n % 2 === 0 ? "item" : "Item", n);
      await run.client.until(run.id, (shadow) => shadow.customStatus === '"paired"');
      await run.client.raise(run.id, "Pair", "first");
      await run.client.raise(run.id, "Pair", "second");
      await expectEnd(run, run.id, "Completed", [1, 2, 3, 4, { newer: "first", older: "second" }]);
    },
  },
  {
    name: "bursts",
    features: ["event", "event order"],
    instances: 1,
    functions: () => {
      const main = orchestrator("bursts", async (ctx) => {
        const got: number[] = [];
        while (got.length < 9) got.push(await ctx.waitForExternalEvent<number>("Tick"));
        return got;
      });
      return [main];
    },
    async drive(run) {
      await run.client.start({ name: "bursts", instanceId: run.id });
      for (let n = 1; n <= 9; n++) {
        await run.client.raise(run.id, "Tick", n);
        // Long enough for it to leave memory: the next ones come while it is fetched back.
        if (n % 3 === 0 && n < 9) await run.client.world.sleep(3_200);
      }
      await expectEnd(run, run.id, "Completed", [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    },
  },
  {
    name: "any",
    features: ["any", "timer", "event timeout", "calls left behind"],
    instances: 2,
    functions: (env) => {
      // One at a time in a worker: most are in line when their orchestration ends, and run behind it.
      const crunch = activity("any.crunch", (_: number, ctx) => env.sleep(150, ctx.signal));
      const main = orchestrator("any", async (ctx, patience: number) => {
        for (let n = 0; n < 4; n++) void ctx.callActivity(crunch, n);
        const expired = ctx.createTimer({ milliseconds: patience });
        const approved = ctx.waitForExternalEvent<string>("Approve");
        const { key } = await ctx.any({ approved, expired });
        if (key === "approved") expired.cancel();
        const extra = await ctx.waitForExternalEvent<string>("Extra", { timeout: "120ms", default: "none" });
        return { key, extra };
      });
      return [crunch, main];
    },
    async drive(run) {
      await run.client.start({ name: "any", instanceId: run.id, input: 86_400_000 });
      await run.client.start({ name: "any", instanceId: `${run.id}-t`, input: 150 });
      await run.client.raise(run.id, "Approve", "yes");
      await expectEnd(run, run.id, "Completed", { key: "approved", extra: "none" });
      await expectEnd(run, `${run.id}-t`, "Completed", { key: "expired", extra: "none" });
    },
  },
  {
    name: "continue-as-new",
    features: ["continue-as-new", "event carry-over"],
    instances: 1,
    functions: () => {
      const keep = activity("continue-as-new.keep", (n: number) => n);
      const main = orchestrator("continue-as-new", async (ctx, seen: number[]): Promise<number[] | ContinuedAsNew> => {
        const next = await ctx.waitForExternalEvent<number>("Number");
        // A client that got no answer asks again; its message id tells copies apart, from one generation to the next as well.
        const all = [...seen, await ctx.callActivity(keep, next)];
        if (all.length < 5) return ctx.continueAsNew(all);
        return all;
      });
      return [keep, main];
    },
    async drive(run) {
      await run.client.start({ name: "continue-as-new", instanceId: run.id, input: [] });
      for (let n = 1; n < 5; n++) await run.client.raiseTwice(run.id, "Number", n, 200);
      await run.client.raise(run.id, "Number", 5);
      await expectEnd(run, run.id, "Completed", [1, 2, 3, 4, 5]);
    },
  },
  {
    name: "eternal",
    features: ["continue-as-new", "timer"],
    instances: 1,
    functions: () => {
      const main = orchestrator("eternal", async (ctx, round: number): Promise<number | ContinuedAsNew> => {
        await ctx.createTimer(round % 2 === 0 ? "0ms" : "60ms");
        return round < 4 ? ctx.continueAsNew(round + 1) : round;
      });
      return [main];
    },
    async drive(run) {
      await run.client.start({ name: "eternal", instanceId: run.id, input: 0 });
      await expectEnd(run, run.id, "Completed", 4);
    },
  },
  {
    name: "ping-pong",
    features: ["event between instances"],
    instances: 2,
    functions: () => {
      const player = orchestrator("ping-pong", async (ctx, game: { other: string; serves: boolean }) => {
        const balls: number[] = [];
        if (game.serves) ctx.raiseEvent(game.other, "Ball", 1);
        while (balls.length < 3) {
          const ball = await ctx.waitForExternalEvent<number>("Ball");
          balls.push(ball);
          if (ball < 6) ctx.raiseEvent(game.other, "Ball", ball + 1);
        }
        return balls;
      });
      return [player];
    },
    async drive(run) {
      const [one, two] = [`${run.id}-1`, `${run.id}-2`];
      await run.client.start({ name: "ping-pong", instanceId: two, input: { other: one, serves: false } });
      await run.client.start({ name: "ping-pong", instanceId: one, input: { other: two, serves: true } });
      await expectEnd(run, one, "Completed", [2, 4, 6]);
      await expectEnd(run, two, "Completed", [1, 3, 5]);
    },
  },
];
