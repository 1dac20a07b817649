import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { FromLoadWatch, LoadWatchData } from "./load-watch-data.ts";
import { LIMIT_MS, NOTE_MS } from "./load-watch-data.ts";

// A thread beside the main one, which loads code of an app and may never take a message again. Most apps are loaded before anything more is needed here.

/** So long the main thread has to answer. */
const ANSWER_MS = 1_000;
/** So long it has to end the load, and this thread with it; afterwards the process is killed. */
const END_MS = 5_000;
const STDERR = 2;

const { args, folder } = workerData as LoadWatchData;
let answered = 0;
parentPort?.on("message", (asked: number) => {
  answered = asked;
});

await pause(NOTE_MS);
if (await isHeld(1)) writeSync(STDERR, await (await words()).noteWhereHeld(args, folder));
else tell("note");
await pause(LIMIT_MS - NOTE_MS);
if (await isHeld(2)) await endHeld();
else tell("end");

async function isHeld(question: number): Promise<boolean> {
  tell(question);
  await pause(ANSWER_MS);
  return answered !== question;
}

function tell(message: FromLoadWatch): void {
  parentPort?.postMessage(message);
}

function words(): Promise<typeof import("./load-words.ts")> {
  return import("./load-words.ts");
}

/** The main thread says why the load ends, with what ends there; what is in a call that blocks does not, and is killed. */
async function endHeld(): Promise<void> {
  const { heldFault, whereHeld } = await words();
  const held = await whereHeld(folder);
  tell(held); // to be there when the main thread looks, which may have nothing else left to do
  await breakOff();
  await pause(END_MS);
  const { saidError } = await import("./error-text.ts");
  writeSync(STDERR, saidError(heldFault(held), args));
  process.kill(process.pid, "SIGKILL");
}

/** An exit that a debugger asks for would wait for that debugger to leave, which is not heard any more: what computes is broken off, and the main thread ends as after any error. */
async function breakOff(): Promise<void> {
  const { Session } = await import("node:inspector");
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.enable");
  await Promise.race([new Promise<void>((resolve) => session.post("Runtime.terminateExecution", () => resolve())), pause(ANSWER_MS)]);
  session.disconnect();
}
