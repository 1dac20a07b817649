import { statSync } from "node:fs";
import { join } from "node:path";
import { createHistogram } from "node:perf_hooks";
import { childArgument, runChild, tellParent } from "../lib/child.ts";
import { expectedOutput, verify } from "../lib/system.ts";
import { hello, openHub, STORE_FILE } from "../lib/systems/perdure.ts";

/** Steady load at a fixed rate, with a look at heap and file at equal distances. */
export interface SoakArgument {
  readonly directory: string;
  readonly startsPerSecond: number;
  readonly seconds: number;
  readonly sampleEverySeconds: number;
  readonly retentionMs: number;
}

export interface Sample {
  readonly atSeconds: number;
  /** After a forced garbage collection, of the thread that runs the engine and the functions. */
  readonly heapUsedBytes: number;
  readonly rssBytes: number;
  /** The database and its write-ahead log together. */
  readonly fileBytes: number;
}

export interface Soaked {
  readonly completed: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly fsync: boolean | null;
  readonly samples: readonly Sample[];
}

const TICK_MS = 10;
/** So many unfinished at once mean that it does not keep up; going on would only fill memory. */
const MOST_UNFINISHED = 20_000;

await runChild(async () => {
  const argument = childArgument<SoakArgument>();
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("the soak needs a forced garbage collection: node --expose-gc");
  const { hub, fsync } = await openHub({ store: "sqlite", directory: argument.directory, retentionMs: argument.retentionMs });
  const latencies = createHistogram();
  const samples: Sample[] = [];
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1_000;
  let started = 0;
  let completed = 0;
  let failure: Error | null = null;

  const one = async (n: number): Promise<void> => {
    const from = performance.now();
    const run = await hub.client.startNew(hello, { input: n });
    verify("hello", n, await run.result(), expectedOutput("hello", n));
    latencies.record(Math.max(1, Math.round((performance.now() - from) * 1_000)));
    completed++;
  };
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new Error(String(error));
  };

  while (elapsed() < argument.seconds && failure === null) {
    const due = Math.floor(elapsed() * argument.startsPerSecond);
    if (due - completed > MOST_UNFINISHED)
      throw new Error(`${due - completed} unfinished at ${argument.startsPerSecond} starts/s after ${elapsed()} s`);
    while (started < due) one(started++).catch(fail);
    if (elapsed() >= samples.length * argument.sampleEverySeconds) {
      gc();
      samples.push(look(argument.directory, elapsed()));
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  while (completed < started && failure === null) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  if (failure !== null) throw failure;

  const ms = (percent: number): number => latencies.percentile(percent) / 1_000;
  await tellParent({ completed, p50Ms: ms(50), p95Ms: ms(95), p99Ms: ms(99), fsync, samples } satisfies Soaked);
  await hub.close();
});

function look(directory: string, atSeconds: number): Sample {
  const { heapUsed, rss } = process.memoryUsage();
  const file = join(directory, STORE_FILE);
  const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return { atSeconds, heapUsedBytes: heapUsed, rssBytes: rss, fileBytes: size(file) + size(`${file}-wal`) };
}
