import assert from "node:assert/strict";
import { activity, orchestrator } from "perdure";
import { Notes } from "../testing/notes.ts";
import type { Mode, Stand, StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

/** What fails at the moment: names of steps. */
export const broken = new Set<string>();
/** Which steps ran, by instance. */
export const ran = new Notes();
/** Their idempotency keys. */
export const keys = new Notes();

/** Fails while it is broken, by its name, or by its name in one instance. */
export const step = activity("step", (name: string, ctx) => {
  ran.add(ctx.instanceId, name);
  keys.add(`${ctx.instanceId}/${name}`, ctx.idempotencyKey);
  if (broken.has(name) || broken.has(`${ctx.instanceId}/${name}`)) throw new Error(`${name} is broken`);
  return `${name} done`;
});

export const sequence = orchestrator("sequence", async (ctx) => {
  const guid = ctx.newGuid();
  const first = await ctx.callActivity(step, "A");
  const random = Math.random();
  const second = await ctx.callActivity(step, "B");
  return [first, second, guid, random, ctx.newGuid()];
});

export const chains = orchestrator("chains", async (ctx) => {
  const chain = async (n: number) => {
    await ctx.callActivity(step, `first ${n}`);
    return ctx.callActivity(step, `second ${n}`);
  };
  return (await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(chain))).length;
});

export const retried = orchestrator("retried", async (ctx) => {
  const flaky = ctx.callActivity(step, "flaky", { retry: { maxAttempts: 2, firstInterval: "1ms" } });
  const beside = async () => {
    await ctx.callActivity(step, "beside");
    return ctx.callActivity(step, "beside too");
  };
  const other = beside();
  const first = await flaky.catch(async (error: unknown) => {
    await other;
    throw error;
  });
  return [first, await other];
});

export const cleansUp = orchestrator("cleansUp", async (ctx) => {
  await ctx.callActivity(step, "before");
  try {
    await ctx.callActivity(step, "risky");
  } catch (error) {
    await ctx.callActivity(step, "clean up");
    throw error;
  }
  return ctx.callActivity(step, "after");
});

export const handles = orchestrator("handles", async (ctx) => {
  const first = await ctx.callActivity(step, "handled").catch(() => "caught");
  return [first, await ctx.callActivity(step, "fatal")];
});

/** The bug is in its own code until it is corrected. */
export const code = { hasBug: new Set<string>() };
export const buggy = orchestrator("buggy", async (ctx) => {
  const first = await ctx.callActivity(step, "A");
  if (code.hasBug.has(ctx.instanceId)) throw new TypeError("a bug");
  return [first, await ctx.callActivity(step, "B")];
});
export const bugAtFirst = orchestrator("bugAtFirst", (ctx, input: number) => {
  if (code.hasBug.has(ctx.instanceId)) throw new TypeError("a bug");
  return input;
});

export const waits = orchestrator("waits", async (ctx) => {
  const deadline = ctx.createTimer("10m");
  const event = await ctx.waitForExternalEvent<string>("Approve", { timeout: "5m" });
  const inTime = !deadline.isCompleted;
  deadline.cancel();
  return `${event} ${inTime ? "before" : "after"} the deadline`;
});

export const keepsEvents = orchestrator("keepsEvents", async (ctx) => {
  const one = await ctx.waitForExternalEvent<string>("One");
  const step1 = await ctx.callActivity(step, "middle");
  return [one, step1, await ctx.waitForExternalEvent<string>("Two")];
});

export const leaf = orchestrator("leaf", async (ctx, name: string) => {
  await ctx.callActivity(step, `${name} begins`);
  return ctx.callActivity(step, `${name} ends`);
});
export const middle = orchestrator("middle", (ctx, name: string) =>
  ctx.callSubOrchestrator(leaf, name, { instanceId: `${ctx.instanceId}-leaf` }),
);
export const tree = orchestrator("tree", async (ctx) => {
  const kept = await ctx.callSubOrchestrator(leaf, "good", { instanceId: `${ctx.instanceId}-good` });
  const again = await ctx.callSubOrchestrator(middle, "bad", { instanceId: `${ctx.instanceId}-middle` });
  return [kept, again];
});

/** Children in every state while their parent has failed. */
export const sleeper = orchestrator("sleeper", async (ctx, name: string) => {
  const how = await ctx.waitForExternalEvent<string>("Wake");
  if (how === "fail") return ctx.callActivity(step, `${name} fails`);
  return `${name} ${how}`;
});
export const family = orchestrator("family", async (ctx) => {
  const kids = ["running", "done", "failed", "purged", "terminated"].map((name) =>
    ctx.callSubOrchestrator(sleeper, name, { instanceId: `${ctx.instanceId}-${name}` }),
  );
  await ctx.callActivity(step, "parent");
  return Promise.all(kids);
});

const FUNCTIONS = [
  step,
  sequence,
  chains,
  retried,
  cleansUp,
  handles,
  buggy,
  bugAtFirst,
  waits,
  keepsEvents,
  leaf,
  middle,
  tree,
  sleeper,
  family,
];

export const openRewindStand = (store: StoreKind, mode: Mode): Promise<Stand> =>
  openStand({ store, mode, functions: FUNCTIONS, passesTime: true });

/** Starts it, waits until it has failed, repairs what was broken, rewinds. */
export async function failThenRewind(stand: Stand, name: string, id: string, faults: readonly string[]): Promise<void> {
  for (const fault of faults) broken.add(`${id}/${fault}`);
  await stand.client.startNew(name, { instanceId: id });
  assert.equal((await stand.end(id)).runtimeStatus, "Failed");
  for (const fault of faults) broken.delete(`${id}/${fault}`);
  await stand.client.rewind(id, { reason: "it is repaired" });
}
