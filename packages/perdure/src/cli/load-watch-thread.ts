import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { FromLoadWatch, LoadWatchData } from "./load-watch-data.ts";
import { LIMIT_MS, NOTE_MS } from "./load-watch-data.ts";

// A thread beside the main one, which loads code of an app and may never take a message again. Most apps are loaded before anything more is needed here.

/** So long the main thread has to answer. */
const ANSWER_MS = 1_000;
/** So long its exit may take; afterwards the process is killed. */
const EXIT_MS = 5_000;
const STDERR = 2;

const { args, folder } = workerData as LoadWatchData;
const answers = new Set<unknown>();
parentPort?.on("message", (asked: unknown) => answers.add(asked));

await pause(NOTE_MS);
if (await isHeld("note")) writeSync(STDERR, await (await words()).noteWhereHeld(args, folder));
await pause(LIMIT_MS - NOTE_MS);
if (await isHeld("end")) {
  writeSync(STDERR, await (await words()).endWhereHeld(args, folder));
  await exitMain();
}

async function isHeld(ask: FromLoadWatch): Promise<boolean> {
  parentPort?.postMessage(ask);
  await pause(ANSWER_MS);
  return !answers.has(ask);
}

function words(): Promise<typeof import("./load-words.ts")> {
  return import("./load-words.ts");
}

/** Node would say on standard error that it waits for a debugger. */
const EXIT = 'process.getBuiltinModule("node:fs").closeSync(2); process.exit(2)';

/** A debugger pauses the main thread in the middle of a loop, and lets it exit there; what is in a call that blocks is killed. */
async function exitMain(): Promise<void> {
  const { Session } = await import("node:inspector");
  const session = new Session();
  session.connectToMainThread();
  session.on("Debugger.paused", ({ params: { callFrames } }) => {
    const [innermost] = callFrames;
    if (innermost === undefined) return;
    session.post("Debugger.evaluateOnCallFrame", { callFrameId: innermost.callFrameId, expression: EXIT });
  });
  session.post("Debugger.enable");
  session.post("Debugger.pause");
  await pause(EXIT_MS);
  process.kill(process.pid, "SIGKILL");
}
