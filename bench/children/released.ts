import { activity, orchestrator, TaskHub } from "perdure";
import { childArgument, nextMessage, runChild, tellParent } from "../lib/child.ts";
import { rssMiB } from "../lib/load.ts";

/**
 * Processes of the scenarios `waking` and `sleeping-event`: one fills the store with instances that have a history and goes, so that each of them is
 * released; the next one is measured while they continue.
 */
export type ReleasedArgument =
  | { readonly role: "fill"; readonly storeUrl: string; readonly count: number; readonly until: "timer" | "event" }
  | { readonly role: "wake"; readonly storeUrl: string; readonly count: number; readonly dueAt: number }
  | { readonly role: "raise"; readonly storeUrl: string; readonly count: number; readonly inFlight: number };

/** From the filling process, once its hub is closed. */
export interface Filled {
  /** When all timers come due, ms since 1970; 0 for those that wait for an event. */
  readonly dueAt: number;
}

export interface Continued {
  /** From the due time, or from the first event, until all instances have ended. */
  readonly seconds: number;
  /** Event to result in the raiser's hands; empty where there are no events. */
  readonly milliseconds: readonly number[];
  readonly cpuSeconds: number;
  readonly rssMiB: number;
}

const STEPS = 5;
const WARM_UP = 1_000;
const STARTS_AT_ONCE = 500;
/** The measured process has started and is warm by then. */
const LEAD_MS = 8_000;
const LOOK_EVERY_MS = 5;

/** What has happened in this process: the code of an orchestrator notes it as it comes by. */
const waiting = new Set<number>();
const sleeping = new Set<number>();
const ended = new Set<number>();

const step = activity("step", (n: number) => n + 1);

async function steps(ctx: { callActivity(target: typeof step, input: number): PromiseLike<number> }): Promise<void> {
  for (let done = 0; done < STEPS; ) done = await ctx.callActivity(step, done);
}

const warm = orchestrator("warm", async (ctx) => await steps(ctx));

const napper = orchestrator("napper", async (ctx, n: number) => {
  await steps(ctx);
  waiting.add(n);
  const dueAt = await ctx.waitForExternalEvent<number>("sleep");
  sleeping.add(n);
  await ctx.createTimer(new Date(dueAt));
  ended.add(n);
  return n;
});

const listener = orchestrator("listener", async (ctx, n: number) => {
  await steps(ctx);
  waiting.add(n);
  return await ctx.waitForExternalEvent<number>("go");
});

await runChild(async () => {
  const argument = childArgument<ReleasedArgument>();
  const hub = await TaskHub.open(argument.storeUrl, { functions: [step, warm, napper, listener] });
  await hub.start();
  if (argument.role === "fill") {
    const dueAt = await fill(hub, argument.count, argument.until);
    await hub.close();
    await tellParent({ dueAt } satisfies Filled);
    return;
  }
  await inLanes(STARTS_AT_ONCE / 2, WARM_UP, async () => {
    await (await hub.client.startNew(warm)).result();
  });
  if (argument.role === "wake") await tellParent(await wake(hub, argument.count, argument.dueAt));
  else await tellParent(await raise(hub, argument.count, argument.inFlight));
  await nextMessage(); // its end
  await hub.close();
});

function idOf(n: number): string {
  return `released-${n}`;
}

async function fill(hub: TaskHub, count: number, until: "timer" | "event"): Promise<number> {
  const began = Date.now();
  const target = until === "timer" ? napper : listener;
  await inLanes(STARTS_AT_ONCE, count, async (n) => {
    await hub.client.startNew(target, { instanceId: idOf(n), input: n });
  });
  while (waiting.size < count) await pause(LOOK_EVERY_MS);
  if (until === "event") return 0;
  const dueAt = Date.now() + LEAD_MS + (Date.now() - began);
  await inLanes(STARTS_AT_ONCE, count, (n) => hub.client.raiseEvent(idOf(n), "sleep", dueAt));
  while (sleeping.size < count) await pause(LOOK_EVERY_MS);
  return dueAt;
}

async function wake(hub: TaskHub, count: number, dueAt: number): Promise<Continued> {
  const early = dueAt - Date.now();
  if (early < 0) throw new Error(`the timers came due ${-early} ms before the process was ready`);
  await pause(early);
  const cpu = process.cpuUsage();
  while (ended.size < count) await pause(LOOK_EVERY_MS);
  while (await hasOpen(hub)) await pause(LOOK_EVERY_MS);
  return { seconds: (Date.now() - dueAt) / 1_000, milliseconds: [], cpuSeconds: cpuSince(cpu), rssMiB: rssMiB() };
}

async function raise(hub: TaskHub, count: number, inFlight: number): Promise<Continued> {
  const milliseconds: number[] = [];
  const cpu = process.cpuUsage();
  const began = performance.now();
  await inLanes(inFlight, count, async (n) => {
    const handle = hub.client.handle(listener, idOf(n));
    const raised = performance.now();
    await handle.raiseEvent("go", n);
    const output = await handle.result();
    milliseconds.push(performance.now() - raised);
    if (output !== n) throw new Error(`listener(${n}) gave ${String(output)}`);
  });
  return { seconds: (performance.now() - began) / 1_000, milliseconds, cpuSeconds: cpuSince(cpu), rssMiB: rssMiB() };
}

async function inLanes(lanes: number, count: number, once: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) await once(n);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function hasOpen(hub: TaskHub): Promise<boolean> {
  for await (const _ of hub.client.query({ runtimeStatus: ["Pending", "Running"], pageSize: 1 })) return true;
  return false;
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
