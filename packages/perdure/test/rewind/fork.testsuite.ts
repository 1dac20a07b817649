import { activity, entity, orchestrator } from "perdure";
import { Notes } from "../testing/notes.ts";
import type { Mode, Stand, StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

/** What ran, by instance. */
export const ran = new Notes();
/** What did, by instance and name. */
export const keys = new Notes();

const quote = activity("Quote", (what: string, ctx) => {
  ran.add(ctx.instanceId, `Quote ${what}`);
  keys.add(`${ctx.instanceId}/Quote`, ctx.idempotencyKey);
  return `${what} for 5`;
});
const bill = activity("Bill", (what: string, ctx) => {
  ran.add(ctx.instanceId, `Bill ${what}`);
  return `billed ${what}`;
});
const refuse = activity("Refuse", (_: string, ctx) => {
  ran.add(ctx.instanceId, "Refuse");
  throw new Error("refused");
});

/** Three episodes, and more with each event. */
const order = orchestrator("Order", async (ctx, input: string) => {
  const guid = ctx.newGuid();
  const offer = await ctx.callActivity(quote, input);
  const approved = await ctx.waitForExternalEvent<string>("Approve");
  const billed = await ctx.callActivity(bill, `${offer} ${approved}`);
  const note = await ctx.waitForExternalEvent<string>("Note");
  return { guid, billed, note, after: ctx.newGuid(), random: Math.random() };
});

const mayFail = orchestrator("MayFail", async (ctx, input: string) => {
  const said = await ctx
    .callActivity(refuse, input)
    .catch((error: unknown) => `caught ${(error as { failure: { message: string } }).failure.message}`);
  return ctx.callActivity(bill, String(said));
});

const kid = orchestrator("Kid", async (ctx, name: string) => `${name} ${await ctx.waitForExternalEvent<string>("Go")}`);
const parent = orchestrator("Parent", async (ctx) => {
  const [one, two] = ["one", "two"].map((name) => ctx.callSubOrchestrator(kid, name, { instanceId: `${ctx.instanceId}-${name}` }));
  const first = await one;
  await ctx.callActivity(bill, String(first));
  return [first, await two];
});

const waits = orchestrator("Waits", async (ctx) => {
  await ctx.callActivity(quote, "x");
  return ctx.waitForExternalEvent<string>("Go", { timeout: "10m", default: "too late" });
});

export const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx, amount: number) => {
      ctx.state += amount;
    },
    fail: () => {
      throw new Error("the entity refuses");
    },
  },
});
const locks = orchestrator("Locks", async (ctx) => {
  await ctx.callActivity(quote, "before");
  using lock = await ctx.lock(counter.id(ctx.instanceId));
  const [locked] = lock.entities;
  await locked?.call.add(1);
  await ctx.callActivity(bill, "inside");
  if (broken.has(ctx.instanceId)) throw new Error("broken");
  return "done";
});
const calls = orchestrator("Calls", async (ctx) => {
  await ctx.callActivity(quote, "before");
  const proxy = ctx.entity(counter, ctx.instanceId);
  await proxy.call.add(1);
  if (broken.has(ctx.instanceId)) await proxy.call.fail();
  return "done";
});
/** Instances of `Locks` that fail inside their section; doors that do not open. */
export const broken = new Set<string>();
const open = activity("Open", (door: string) => {
  if (broken.has(door)) throw new Error(`${door} is broken`);
  return door;
});
const brief = orchestrator("Brief", (ctx) => ctx.callActivity(quote, ctx.instanceId));
const cleans = orchestrator("Cleans", async (ctx, door: string) => {
  await ctx.callSubOrchestrator(brief, undefined, { instanceId: `${ctx.instanceId}-brief` });
  try {
    return await ctx.callActivity(open, door);
  } catch (error) {
    await ctx.callActivity(bill, "clean-up");
    throw error;
  }
});

const opens = orchestrator("Opens", (ctx, door: string) => ctx.callActivity(open, door));
const house = orchestrator("House", (ctx, door: string) => ctx.callSubOrchestrator(opens, door, { instanceId: `${ctx.instanceId}-door` }));

/** Its activities are told who asks. */
const named = orchestrator("Named", async (ctx) => {
  const offer = await ctx.callActivity(quote, ctx.instanceId);
  await ctx.waitForExternalEvent("Go");
  return [offer, await ctx.callActivity(bill, ctx.instanceId)];
});

const FUNCTIONS = [
  named,
  quote,
  bill,
  refuse,
  order,
  mayFail,
  kid,
  parent,
  waits,
  counter,
  locks,
  calls,
  open,
  brief,
  cleans,
  opens,
  house,
];
export const openForkStand = (store: StoreKind, mode: Mode, passesTime = false): Promise<Stand> =>
  openStand({ store, mode, functions: FUNCTIONS, passesTime });
