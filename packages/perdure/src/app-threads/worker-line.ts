import { Worker } from "node:worker_threads";
import { errorText, isError } from "../telemetry/value-text.ts";
import { threadOptions, workerEntry } from "../worker-entry.ts";
import { Claims } from "./claims.ts";
import type { Frame } from "./frames.ts";
import { unpack } from "./frames.ts";
import type { SourceLine } from "./held-line.ts";
import { heldLine } from "./held-line.ts";
import type { FromThread, ThreadData, ToThread } from "./messages.ts";
import { Outbox } from "./outbox.ts";
import type { LineEnd, StartLine } from "./thread-line.ts";
import { errorToWire } from "./wire-error.ts";

const asItIs: SourceLine = (_, line) => Promise.resolve(line);

/** A worker thread that runs an app. `memoryMb`: of its heap; null: as Node decides. */
export const workerLine =
  (memoryMb: number | null, sourceLine = asItIs): StartLine =>
  (setup, events) => {
    const claims = new Claims();
    const data: ThreadData = { setup, words: claims.words };
    const worker = new Worker(workerEntry(import.meta.url, "./thread-main"), {
      ...threadOptions(),
      workerData: data,
      name: "perdure-app",
      ...(memoryMb === null ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
    });
    const outbox = new Outbox<ToThread>({
      post: (frame) => worker.postMessage(frame),
      refused: (message, error) => {
        if (message.kind === "told") outbox.add({ ...message, outcome: { error: errorToWire(error) } });
      },
    });
    let error: { readonly thrown: unknown } | null = null;
    worker.on("message", (frame: Frame) => {
      for (const message of unpack<FromThread>(frame)) events.received(message);
    });
    worker.on("error", (thrown) => {
      error = { thrown };
    });
    worker.on("exit", (code) => events.ended(endOf(code, error, memoryMb)));
    return {
      claims,
      send: (message) => outbox.add(message),
      kill: async () => {
        await worker.terminate();
      },
      holder: () => heldLine(worker, sourceLine),
      heapBytes: async () => (await worker.getHeapStatistics()).used_heap_size,
    };
  };

function endOf(code: number, error: { readonly thrown: unknown } | null, memoryMb: number | null): LineEnd {
  if (error === null) return { reason: `it ended with process.exit(${code})`, error: null };
  const { thrown } = error;
  if (isError(thrown) && "code" in thrown && thrown.code === "ERR_WORKER_OUT_OF_MEMORY") {
    const limit = memoryMb === null ? "" : ` of ${memoryMb} MB (--app-memory)`;
    return { reason: `it ran out of heap memory${limit}`, error: null };
  }
  return { reason: `nothing caught ${isError(thrown) ? `${thrown.name}: ${thrown.message}` : errorText(thrown)}`, error: thrown };
}
