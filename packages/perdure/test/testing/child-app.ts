import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RegisteredFunction } from "perdure";
import { activity, orchestrator } from "perdure";

/** Lines that survive whatever happens to the process: flushed before the call returns, outside of any store. */
export class Ledger {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  add(line: string): void {
    const file = openSync(this.#path, "a");
    try {
      writeSync(file, `${line}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  lines(): readonly string[] {
    return existsSync(this.#path)
      ? readFileSync(this.#path, "utf8")
          .split("\n")
          .filter((line) => line !== "")
      : [];
  }

  count(line: string): number {
    return this.lines().filter((one) => one === line).length;
  }
}

export const ledgerOf = (folder: string, name: string) => new Ledger(join(folder, `${name}.ledger`));

/** The functions of host processes and of the test that watches them; `who` tells them apart. */
export function childApp(folder: string, who: string): readonly RegisteredFunction[] {
  const runs = ledgerOf(folder, "runs");
  const isOpen = (gate: string) => existsSync(join(folder, `${gate}.gate`));

  const record = activity("record", (what: string, ctx) => {
    runs.add(ctx.taskId);
    return what;
  });
  /** Counts its runs in the ledger; run N ends when gate `ID-N` opens. */
  const gated = activity("gated", async (_: null, ctx) => {
    const { instanceId } = ctx;
    runs.add(instanceId);
    const run = runs.count(instanceId);
    while (!isOpen(`${instanceId}-${run}`)) {
      ctx.signal.throwIfAborted();
      ctx.heartbeat({ run, who });
      await sleep(20);
    }
    return { run, who };
  });
  const beats = activity("beats", async (_: null, ctx) => {
    runs.add(ctx.instanceId);
    if (ctx.progress !== undefined) return { progress: ctx.progress, who };
    ctx.heartbeat({ done: 7 });
    await sleep(600_000);
    return null;
  });
  /** Ends its process, unless gate `ID` is open. */
  const deadly = activity("deadly", async (how: string, ctx) => {
    runs.add(ctx.instanceId);
    if (isOpen(ctx.instanceId)) return "survived";
    if (how === "exit") process.exit(9);
    if (how === "kill") process.kill(process.pid, "SIGKILL");
    for (const hog: unknown[] = []; ; ) hog.push(new Array(100_000).fill(hog.length));
  });

  /** Runs until its signal fires, unless gate `ID` is open. */
  const hears = activity("listen", async (_: null, ctx) => {
    runs.add(ctx.instanceId);
    if (isOpen(ctx.instanceId)) return who;
    return sleep(600_000, who, { signal: ctx.signal }).catch((error: Error) => {
      runs.add(`heard ${(ctx.signal.reason as { readonly code?: string }).code}`);
      throw error;
    });
  });

  /** Needs the processor for this long, ms; says who did it. */
  const crunch = activity("crunch", (ms: number) => {
    for (const until = performance.now() + ms; performance.now() < until; );
    return who;
  });
  const fans = orchestrator("fans", (ctx, { count, ms }: { readonly count: number; readonly ms: number }) =>
    Promise.all(Array.from({ length: count }, () => ctx.callActivity(crunch, ms))),
  );
  /** Who ran it, and who its activity. */
  const part = orchestrator("part", async (ctx, ms: number) => [who, await ctx.callActivity(crunch, ms)]);
  const crowd = orchestrator("crowd", (ctx, { count, ms }: { readonly count: number; readonly ms: number }) =>
    Promise.all(Array.from({ length: count }, () => ctx.callSubOrchestrator(part, ms))),
  );

  const waitsFor = orchestrator("gatedOnce", (ctx) => ctx.callActivity(gated, null));
  const firstOfFour = orchestrator("firstOfFour", async (ctx) => {
    await ctx.any([0, 1, 2, 3].map(() => ctx.callActivity(gated, null)));
    return who;
  });
  const beatsOnce = orchestrator("beatsOnce", (ctx) => ctx.callActivity(beats, null));
  const dies = orchestrator("dies", (ctx, how: string) => ctx.callActivity(deadly, how));
  const records = orchestrator("records", async (ctx, count: number) => {
    for (let i = 0; i < count; i++) await ctx.callActivity(record, `${i}`);
    return count;
  });
  const relays = orchestrator("relays", async (ctx, count: number) => {
    const got: number[] = [];
    while (got.length < count) {
      const n = await ctx.waitForExternalEvent<number>("Number");
      if (got.includes(n)) continue;
      got.push(n);
      await ctx.callActivity(record, `${n}`);
    }
    return got;
  });
  const parent = orchestrator("parent", async (ctx, count: number) => {
    const parts = await Promise.all(Array.from({ length: count }, () => ctx.callSubOrchestrator(records, 1)));
    await ctx.createTimer("50ms");
    return parts.length;
  });
  const hearsOnce = orchestrator("hears", (ctx) => ctx.callActivity(hears, null));
  const sleeps = orchestrator("sleeps", (ctx) => ctx.waitForExternalEvent("Never"));
  /** Who was there when it came. */
  const waits = orchestrator("waits", async (ctx) => {
    await ctx.waitForExternalEvent("Go");
    return who;
  });
  /** Ends its process from within the orchestrator's own code, unless gate `ID` is open. */
  const kills = orchestrator("kills", (ctx) => {
    if (isOpen(ctx.instanceId)) return Promise.resolve("survived");
    runs.add(ctx.instanceId);
    return process.exit(9);
  });
  return [
    record,
    gated,
    beats,
    deadly,
    hears,
    hearsOnce,
    waitsFor,
    firstOfFour,
    beatsOnce,
    dies,
    records,
    relays,
    parent,
    sleeps,
    waits,
    kills,
    ...[crunch, fans, part, crowd],
  ];
}
