import type { OrchestrationContext } from "../../src/functions/context-types.ts";
import type { DurableTask } from "../../src/replay/tasks/durable-task.ts";

export type Note = (text: unknown) => void;
/** An orchestrator body; what it notes, asks for and returns must be the same live and in replay. */
export type Program = (ctx: OrchestrationContext, note: Note) => unknown;

const call = (ctx: OrchestrationContext, name: string): DurableTask<unknown> => ctx.callActivity(name, name);
const failed = (error: unknown): string => (error instanceof Error ? `! ${error.message}` : `! ${String(error)}`);

async function* numbered(ctx: OrchestrationContext, note: Note): AsyncGenerator<unknown> {
  try {
    for (let i = 0; i < 5; i++) yield await call(ctx, `g${i}`).catch(failed);
  } finally {
    note("generator closed");
    await call(ctx, "cleanup").catch(failed);
  }
}

const deferredValue = (value: unknown): PromiseLike<unknown> => ({
  // biome-ignore lint/suspicious/noThenProperty: a foreign thenable
  then: (resolve) => {
    queueMicrotask(() => resolve?.(value));
    return Promise.resolve() as Promise<never>;
  },
});

/** One program for each way in which orchestrators are written (the list of `docs/design/replay.md`). */
export const PROGRAMS: { readonly [name: string]: Program } = {
  async sequence(ctx, note) {
    for (let i = 0; i < 6; i++) note(await call(ctx, `s${i}`));
  },
  async all(ctx, note) {
    const tasks = [0, 1, 2, 3].map((i) =>
      call(ctx, `a${i}`).then((value) => {
        note(value);
        return value;
      }),
    );
    note(await Promise.all(tasks));
  },
  async map(ctx, note) {
    const given = await ctx
      .map([0, 1, 2, 3, 4], async (i) => [await call(ctx, `m${i}`), i % 2 === 0 ? note(i) : await call(ctx, `n${i}`)], { concurrency: 2 })
      .catch(failed);
    note(given);
  },
  async race(ctx, note) {
    note(await Promise.race([call(ctx, "r0"), call(ctx, "r1"), ctx.createTimer("5s")]));
    note(await call(ctx, "after"));
  },
  async any(ctx, note) {
    note(await Promise.any([call(ctx, "n0"), call(ctx, "n1"), call(ctx, "n2")]));
    const { index, winner } = await ctx.any([call(ctx, "w0"), call(ctx, "w1"), ctx.createTimer("1s")]);
    note([index, winner.isFaulted]);
  },
  async allSettled(ctx, note) {
    const results = await Promise.allSettled([0, 1, 2].map((i) => call(ctx, `t${i}`)));
    note(results.map((result) => (result.status === "fulfilled" ? result.value : failed(result.reason))));
    note(await ctx.all([call(ctx, "u0"), call(ctx, "u1")]).catch(failed));
  },
  chains(ctx, note) {
    return call(ctx, "c0")
      .then((value) => {
        note(value);
        return call(ctx, "c1");
      })
      .catch((error) => {
        note(failed(error));
        return call(ctx, "recover");
      })
      .finally(() => note("finally"))
      .then((value) => [value, "end"]);
  },
  async generators(ctx, note) {
    for await (const value of numbered(ctx, note)) {
      note(value);
      if (String(value).startsWith("g3")) break;
    }
    note("left");
  },
  async nested(ctx, note) {
    try {
      try {
        note(await call(ctx, "outer"));
        throw new Error("own");
      } catch (error) {
        note([failed(error), await call(ctx, "inCatch").catch(failed)]);
        throw error;
      } finally {
        note(await call(ctx, "inFinally").catch(failed));
      }
    } catch (error) {
      note(failed(error));
    }
  },
  async again(ctx, note) {
    const task = call(ctx, "once");
    note(await task.catch(failed));
    note(await call(ctx, "between").catch(failed));
    note([await task.catch(failed), task.isCompleted, task.isFaulted]);
  },
  async abandoned(ctx, note) {
    void call(ctx, "dropped");
    void (async () => {
      note(await call(ctx, "background").catch(failed));
      note(await call(ctx, "background2").catch(failed));
    })();
    note(await call(ctx, "front"));
  },
  async disposal(ctx, note) {
    await using _later = { [Symbol.asyncDispose]: async () => note(await call(ctx, "dispose").catch(failed)) };
    using _now = { [Symbol.dispose]: () => note("disposed") };
    note(await call(ctx, "inside"));
  },
  async microtasks(ctx, note) {
    queueMicrotask(() => note("microtask"));
    note(await call(ctx, "m0"));
    await Promise.all([
      call(ctx, "m1").then(() => queueMicrotask(() => note("inner"))),
      (async () => {
        for (let i = 0; i < 7; i++) await null;
        note("hops");
        note(await call(ctx, "m2"));
      })(),
    ]);
  },
  async hops(ctx, note) {
    const branch = async (name: string, count: number): Promise<void> => {
      note(await call(ctx, name).catch(failed));
      for (let i = 0; i < count; i++) await null;
      note(`${name} hopped`);
      await call(ctx, `${name}-after`).catch(failed);
    };
    await Promise.all([branch("long", 200), branch("short", 3), branch("middle", 50)]);
  },
  async longChain(ctx, note) {
    let chain: Promise<unknown> = call(ctx, "head");
    for (let i = 0; i < 500; i++) chain = chain.then((value) => value);
    const side = call(ctx, "side").then(
      (value) => note(value),
      (error) => note(failed(error)),
    );
    note(await chain.catch(failed));
    await side;
  },
  async thenables(ctx, note) {
    note(await deferredValue("foreign"));
    note(await deferredValue(await call(ctx, "th").catch(failed)));
    note(await Promise.all([deferredValue(1), call(ctx, "th2").catch(failed)]));
  },
  async bounded(ctx, note) {
    const running = new Set<DurableTask<unknown>>();
    let next = 0;
    while (next < 8 || running.size > 0) {
      while (running.size < 3 && next < 8) running.add(call(ctx, `b${next++}`));
      const { winner } = await ctx.any([...running]);
      running.delete(winner);
      note(winner.isFaulted ? "failed" : winner.result);
    }
  },
  syncThrow() {
    throw new Error("at once");
  },
  async throwsObjects(ctx, note) {
    note(await call(ctx, "o").catch(failed));
    // biome-ignore lint/style/useThrowOnlyError: that is the case
    throw { code: 7 };
  },
  async throwsUndefined(ctx) {
    await call(ctx, "o").catch(failed);
    // biome-ignore lint/style/useThrowOnlyError: that is the case
    throw undefined;
  },
  async retried(ctx, note) {
    const retry = { maxAttempts: 3, firstInterval: "1s", backoff: 2 } as const;
    const tasks = [0, 1].map((i) => ctx.callActivity(`retry${i}`, i, { retry }).catch(failed));
    note(await Promise.all(tasks));
    note(await ctx.callSubOrchestrator("Child", 1, { retry }).catch(failed));
  },
  async events(ctx, note) {
    for (let i = 0; i < 3; i++) {
      const event = ctx.waitForExternalEvent("Go");
      const timer = ctx.createTimer("1m");
      const { key } = await ctx.any({ event, timer });
      note(key);
      if (key === "event") timer.cancel();
      else event.cancel();
    }
    note(await ctx.waitForExternalEvent("go", { timeout: "10s", default: "none" }));
  },
  async globals(ctx, note) {
    note([Date.now(), new Date().toISOString(), Math.random(), crypto.randomUUID(), ctx.newGuid()]);
    note(await call(ctx, "clock").catch(failed));
    note([Date.now(), performance.now(), Math.random(), ctx.newGuid(), ctx.currentUtcDateTime.getTime()]);
  },
};
