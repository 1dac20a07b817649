import type { StandardSchemaV1 } from "@standard-schema/spec";
import { activity } from "../../functions/activity.ts";
import { entity, entityRef } from "../../functions/entity.ts";
import { NonRetriableError } from "../../functions/errors.ts";
import { orchestrator } from "../../functions/orchestrator.ts";

// What the suite of all executors runs. An app in itself: it may be loaded elsewhere too.

const positive: StandardSchemaV1<number, number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof value === "number" && value > 0 ? { value: value * 10 } : { issues: [{ message: "not positive", path: ["n"] }] },
  },
};

const tally = entityRef<{ add(amount: number): number }>("Tally");
export const square = activity("Square", (n: number) => n * n);
export const echo = activity("Echo", async (value: unknown) => value);
export const throws = activity("Throws", async (what: string) => {
  if (what === "type") throw new TypeError("wrong type", { cause: new Error("the cause") });
  if (what === "final") throw new NonRetriableError("never again");
  throw what;
});
export const checked = activity("Checked", { input: positive, output: positive }, (n) => n - 100);
export const noJson = activity("NoJson", (): unknown => 10n);
export const large = activity("Large", (n: number) => "x".repeat(n));
export const waitsForSignal = activity("WaitsForSignal", async (_: unknown, ctx) => {
  await new Promise((_resolve, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason)));
});
export const hangs = activity("Hangs", { timeout: "20ms" }, () => new Promise<void>(() => {}));
export const beats = activity("Beats", async (_: unknown, ctx) => {
  ctx.heartbeat({ at: ctx.progress ?? "begin" });
  return { taskId: ctx.taskId, attempt: ctx.attempt, instanceId: ctx.instanceId };
});
export const floods = activity("Floods", (n: number, ctx) => {
  for (let said = 1; said <= n; said += 1) ctx.heartbeat(said);
});
export const sum = orchestrator("Sum", async (ctx, n: number) => {
  const squares = await Promise.all(Array.from({ length: n }, (_, i) => ctx.callActivity(square, i)));
  ctx.setCustomStatus({ squares: squares.length });
  return squares.reduce((a, b) => a + b, 0);
});
export const sequence = orchestrator("Sequence", async (ctx) => {
  const seen: number[] = [];
  for (let i = 0; i < 3; i++) seen.push(await ctx.callActivity(square, i));
  return seen;
});
export const gathers = orchestrator("Gathers", async (ctx) => {
  await Promise.all([ctx.waitForExternalEvent("First"), ctx.waitForExternalEvent("second")]);
  await ctx.createTimer("1h");
});
export const moves = orchestrator("Moves", async (ctx, n: number) =>
  n === 1 ? ctx.continueAsNew(2, { version: "2", tags: { team: "b" } }) : ctx.continueAsNew(n + 1),
);
export const tallies = entity("Tally", {
  initialState: () => 0,
  operations: {
    add: (ctx, amount: number) => {
      ctx.state += amount;
      if (ctx.state > 100) throw new RangeError("too much");
      ctx.entity(tally, "all").signal.add(amount);
      return ctx.state;
    },
    async later(ctx) {
      ctx.state += 1;
    },
  },
});
export const recovers = orchestrator("Recovers", async (ctx) => {
  try {
    await ctx.callActivity("Throws", "type");
  } catch (error) {
    return error instanceof Error ? error.message : "?";
  }
  return "no error";
});

export const executorFunctions = [
  square,
  echo,
  throws,
  checked,
  noJson,
  large,
  waitsForSignal,
  hangs,
  beats,
  floods,
  sum,
  sequence,
  gathers,
  moves,
  tallies,
  recovers,
];
