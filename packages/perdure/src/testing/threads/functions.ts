import { activity, entity, orchestrator } from "../../index.ts";

const STEPS = 5;

const increment = activity("increment", (n: number) => n + 1);

/** Five activities in sequence. */
export const quick = orchestrator("quick", async (ctx) => {
  let sum = 0;
  for (let i = 0; i < STEPS; i++) sum = await ctx.callActivity(increment, sum);
  return sum;
});
export const QUICK_RESULT = STEPS;

/** Keeps the whole thread that it runs on from everything else. */
function hold(ms: number): string {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return "held";
}

export const holdsItsThread = orchestrator("holds-its-thread", (_, ms: number) => hold(ms));

const holder = entity("Holder", { initialState: () => null, operations: { hold: (_, ms: number) => hold(ms) } });
export const callsHolder = orchestrator("calls-holder", (ctx, ms: number) => ctx.entity(holder, "a").call.hold(ms));

export const waitsForEvent = orchestrator("waits-for-event", async (ctx) => {
  await ctx.callActivity(increment, 0);
  return ctx.waitForExternalEvent<string>("go");
});

export const quickFunctions = [quick, increment];
export const slowFunctions = [holdsItsThread, callsHolder, holder, waitsForEvent];
