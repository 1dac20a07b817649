import { Worker } from "node:worker_threads";
import { runAfter } from "../process/timers.ts";
import { isError } from "../telemetry/value-text.ts";
import { threadOptions, workerEntry } from "../worker-entry.ts";
import { CallMemory } from "./call-memory.ts";
import { Claims } from "./claims.ts";
import { outOfMemory, uncaughtReason } from "./endings.ts";
import type { Frame } from "./frames.ts";
import { unpack } from "./frames.ts";
import { asItIs, heldLine, hottest, innermost, SAMPLES_MS } from "./held-line.ts";
import type { FromThread, ThreadData } from "./messages.ts";
import { hostOutbox } from "./outbox.ts";
import { pausedFrames } from "./paused-frames.ts";
import type { LineEnd, StartLine } from "./thread-line.ts";

/** A worker thread that runs an app. `memoryMb`: of its heap; null: as Node decides. */
export const workerLine =
  (memoryMb: number | null, sourceLine = asItIs): StartLine =>
  (setup, events) => {
    const memory = new CallMemory();
    const data: ThreadData = { setup, words: memory.words };
    const worker = new Worker(workerEntry(import.meta.url, "./thread-main"), {
      ...threadOptions(),
      workerData: data,
      name: "perdure-app",
      ...(memoryMb === null ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
    });
    const outbox = hostOutbox((frame) => worker.postMessage(frame));
    let error: { readonly thrown: unknown } | null = null;
    worker.on("message", (frame: Frame) => {
      for (const message of unpack<FromThread>(frame)) events.received(message);
    });
    worker.on("error", (thrown) => {
      error = { thrown };
    });
    worker.on("exit", (code) => events.ended(endOf(code, error, memoryMb)));
    return {
      pid: null,
      claims: new Claims(memory),
      send: (message) => outbox.add(message),
      kill: async () => {
        await worker.terminate();
      },
      holder: () => heldLine([() => pausedFrames(worker.threadId).then(innermost), () => profileOf(worker).then(hottest)], sourceLine),
      heapBytes: async () => (await worker.getHeapStatistics()).used_heap_size,
    };
  };

async function profileOf(worker: Worker): Promise<string> {
  const profile = await worker.startCpuProfile();
  await new Promise<void>((resolve) => void runAfter(SAMPLES_MS, resolve, false));
  return profile.stop();
}

function endOf(code: number, error: { readonly thrown: unknown } | null, memoryMb: number | null): LineEnd {
  if (error === null) return { reason: `it ended with process.exit(${code})`, error: null };
  const { thrown } = error;
  if (isError(thrown) && "code" in thrown && thrown.code === "ERR_WORKER_OUT_OF_MEMORY")
    return { reason: outOfMemory(memoryMb), error: null };
  return { reason: uncaughtReason(thrown), error: thrown };
}
