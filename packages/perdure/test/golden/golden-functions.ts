import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { OrchestrationContext } from "perdure";
import { activity, entity, externalEvent, orchestrator, timer } from "perdure";

/**
 * What the golden histories were recorded with. Never change an orchestrator in here: its histories would no longer be those of its release. Add a new one, and
 * record it with the next release.
 */

export const square = activity("Square", (n: number) => n * n);

export const flaky = activity("Flaky", { retry: { maxAttempts: 3, firstInterval: "5ms", backoff: 2 } }, (failures: number, { attempt }) => {
  if (attempt <= failures) throw new RangeError(`attempt ${attempt}`);
  return attempt;
});

export const slow = activity(
  "Slow",
  { timeout: "10ms" },
  (_input: unknown, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
);

const NUMBER: StandardSchemaV1<number, number> = {
  "~standard": {
    version: 1,
    vendor: "golden",
    validate: (value) => (typeof value === "number" ? { value } : { issues: [{ message: "no number" }] }),
  },
};
const rise = externalEvent("Rise", NUMBER);

export const sequence = orchestrator("Sequence", { version: "1.0" }, async (ctx, n: number) => {
  const first = await ctx.callActivity(square, n);
  ctx.setCustomStatus({ first });
  return await ctx.callActivity(square, first);
});

export const fanOut = orchestrator("FanOut", async (ctx, count: number) => {
  const squares = await ctx.all(Array.from({ length: count }, (_, n) => ctx.callActivity(square, n)));
  return squares.reduce((sum, one) => sum + one, 0);
});

export const retries = orchestrator("Retries", async (ctx) => {
  const tries = await ctx.callActivity(flaky, 2);
  const failed = await ctx.callActivity(flaky, 9).catch((error: Error) => error.name);
  const late = await ctx.callActivity(slow).catch((error: Error) => error.name);
  return [tries, failed, late];
});

export const failing = orchestrator("Failing", async (ctx) => {
  try {
    await ctx.all([ctx.callActivity(square, 2), ctx.callActivity(flaky, 9, { retry: { maxAttempts: 1, firstInterval: "1ms" } })]);
  } finally {
    await ctx.callActivity(square, 3);
  }
});

export const child = orchestrator("Child", async (ctx, n: number) => {
  if (n < 0) throw new Error("negative");
  return await ctx.callActivity(square, n);
});

export const children = orchestrator("Children", { version: "2.0" }, async (ctx) => {
  const started = ctx.startOrchestration(child, 7);
  const nine = await ctx.callSubOrchestrator(child, 3, { tags: { team: "a" } });
  const negative = await ctx
    .callSubOrchestrator(child, -1, { retry: { maxAttempts: 2, firstInterval: "5ms" } })
    .catch((error: Error) => error.name);
  return { nine, negative, hasStarted: started.length > 0, guid: ctx.newGuid(), uuid: crypto.randomUUID(), lucky: Math.random() };
});

export const timers = orchestrator("Timers", async (ctx) => {
  const long = ctx.createTimer("1d");
  const { index } = await ctx.any([ctx.createTimer("5ms"), long]);
  long.cancel();
  const now = ctx.currentUtcDateTime.getTime();
  await ctx.createTimer(new Date(0));
  return [index, now <= Date.now()];
});

export const events = orchestrator("Events", async (ctx) => {
  const missed = await ctx.waitForExternalEvent("Never", { timeout: "5ms", default: "missed" });
  const [one, two] = [ctx.waitForExternalEvent<string>("Go"), ctx.waitForExternalEvent<string>("go")];
  const number = await ctx.waitForExternalEvent(rise);
  ctx.raiseEvent("nobody", "Hello", number);
  return [missed, await one, await two, number];
});

export const rounds = orchestrator("Rounds", async (ctx, round: number) => {
  const said = await ctx.waitForExternalEvent<string>("Say");
  return round === 0 ? ctx.continueAsNew(round + 1, { version: "1.1", tags: { round: "1" } }) : `${said} in round ${round}, ${ctx.version}`;
});

export const held = orchestrator("Held", async (ctx) => await ctx.waitForExternalEvent("Go"));

const weigh = (ctx: OrchestrationContext) => ctx.callActivity(square, ctx.patched("weigh") ? 5 : 4);
export const patched = orchestrator("Patched", async (ctx) => {
  const before = await weigh(ctx);
  await ctx.waitForExternalEvent("Go");
  return [before, await weigh(ctx), ctx.patched("weigh", { mayTurn: true })];
});

export const purse = entity("Purse", {
  initialState: () => 10,
  operations: {
    put: (ctx, amount: number) => {
      ctx.state += amount;
      return ctx.state;
    },
    take: (ctx, amount: number) => {
      if (amount > ctx.state) throw new RangeError("too much");
      ctx.state -= amount;
    },
  },
});
export const entities = orchestrator("Entities", async (ctx) => {
  const mine = ctx.entity(purse, "mine");
  mine.signal.put(1, { at: "5ms" });
  mine.signal.put(2);
  const has = await mine.call.put(0);
  const failed = await mine.call.take(100).catch((error: Error) => error.name);
  const seen: unknown[] = [has, failed];
  {
    using lock = await ctx.lock(purse.id("yours"), purse.id("mine"));
    const [yours] = lock.entities;
    seen.push(ctx.isLocked, ...(await Promise.all([yours.call.put(1), yours.call.put(2)])));
  }
  const asked = ctx.lock(purse.id("mine"));
  asked.cancel();
  using again = await ctx.lock([purse.id("mine")], { timeout: "1h" });
  return [...seen, asked.isCancelled, (await again.entities[0].call.put(0)) >= has];
});

/** Of a server that accepts a job, fails once when it is asked, and then says that it is done. */
export const calls = orchestrator("Calls", async (ctx, origin: string) => {
  const retry = { maxAttempts: 3, firstInterval: "5ms" } as const;
  const secretHeaders = { "x-key": "key" };
  const done = await ctx.callHttp({ method: "POST", url: `${origin}/jobs`, body: { n: 1 }, pollEvery: "5ms", retry, secretHeaders });
  const failed = await ctx.callHttp({ url: `${origin}/fails`, retry }).catch((error: Error) => error.name);
  return [done.status, done.body, failed];
});

/** Closed at first: what goes through it fails, and is rewound. */
export const door = { isOpen: false };
export const pass = activity("Pass", (n: number) => {
  if (!door.isOpen) throw new RangeError("closed");
  return n;
});
export const passing = orchestrator("Passing", async (ctx, n: number) => [ctx.newGuid().length, await ctx.callActivity(pass, n)]);
/** Rewound twice, and forked. */
export const rewound = orchestrator("Rewound", async (ctx) => {
  const guid = ctx.newGuid();
  const nine = await ctx.callActivity(square, 3);
  const late = ctx.waitForExternalEvent<string>("Late", { timeout: "1h" });
  try {
    const [inChild, here] = await ctx.all([ctx.callSubOrchestrator(passing, 1), ctx.callActivity(pass, nine)]);
    return [guid.length, inChild, here, await ctx.callActivity(square, here), await late];
  } catch (error) {
    await ctx.callActivity(square, 0);
    throw error;
  }
});

/** Its instances are of Perdure's own orchestrator. */
export const tick = timer("Tick", "0 0 1 1 *", () => {});

export const functions = [
  ...[square, flaky, slow, child, purse, pass, passing],
  ...[sequence, fanOut, retries, failing, children, timers, events, rounds, held, patched, entities, calls, rewound, tick],
];
