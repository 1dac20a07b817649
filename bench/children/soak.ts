import { statSync } from "node:fs";
import { childArgument, runChild, tellParent } from "../lib/child.ts";
import { fileOf } from "../lib/paths.ts";
import type { SteadyResult } from "../lib/steady.ts";
import { runSteadyLoad } from "../lib/steady.ts";
import { helloOnce, openHub } from "../lib/systems/perdure.ts";

/** Steady load at a fixed rate, with a look at heap and file at equal distances. */
export interface SoakArgument {
  readonly storeUrl: string;
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

export interface Soaked extends SteadyResult {
  readonly fsync: boolean | null;
  readonly samples: readonly Sample[];
}

/** So long after a forced collection what came due meanwhile is still being worked off. */
const RECOVERY_MS = 1_000;

await runChild(async () => {
  const { storeUrl, startsPerSecond, seconds, sampleEverySeconds, retentionMs } = childArgument<SoakArgument>();
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("the soak needs a forced garbage collection: node --expose-gc");
  const { hub, fsync } = await openHub({ storeUrl, retentionMs });
  const samples: Sample[] = [];
  // A forced collection holds the thread for a good tenth of a second. At this rate that alone delays several per cent of the starts: those that it reached do not count.
  const forced = { fromMs: -Infinity, toMs: -Infinity };
  const result = await runSteadyLoad({
    startsPerSecond,
    seconds,
    whenBehind: "fail",
    once: (n) => helloOnce(hub, n),
    undisturbed: (fromMs, toMs) => toMs < forced.fromMs || fromMs > forced.toMs + RECOVERY_MS,
    onTick: (atSeconds) => {
      if (atSeconds < samples.length * sampleEverySeconds) return;
      forced.fromMs = performance.now();
      gc();
      forced.toMs = performance.now();
      samples.push(look(fileOf(storeUrl), atSeconds));
    },
  });
  await tellParent({ ...result, fsync, samples } satisfies Soaked);
  await hub.close();
});

function look(file: string, atSeconds: number): Sample {
  const { heapUsed, rss } = process.memoryUsage();
  const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return { atSeconds, heapUsedBytes: heapUsed, rssBytes: rss, fileBytes: size(file) + size(`${file}-wal`) };
}
