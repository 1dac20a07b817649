import { Session } from "node:inspector/promises";
import { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { workerData } from "node:worker_threads";
import { CallMemory } from "./call-memory.ts";
import { SAMPLES_MS } from "./held-line.ts";
import { LOOK_EVERY_MS } from "./looks.ts";
import { pausedMainFrames } from "./paused-frames.ts";
import type { FromWatch, ToWatch } from "./process-wire.ts";
import { lineFrame, PacketReader, PIPES, packet } from "./process-wire.ts";

// A thread beside the one that runs the app in a process of its own, for what that one does not do while a function never lets go of it: say that it takes
// no messages, give back calls that it has not begun, show where it computes, and end when the host has gone.

const memory = new CallMemory(workerData as SharedArrayBuffer);
const pipe = new Socket({ fd: PIPES.watch });
const say = (message: FromWatch): void => void pipe.write(packet(lineFrame(message)));

const reader = new PacketReader((frame) => take(frame[1] as ToWatch));
pipe.on("data", (piece: Buffer) => reader.add(piece));
pipe.on("error", () => {}); // its close is what counts
pipe.on("close", () => process.kill(process.pid, "SIGKILL"));

let seen = 0;
let told = "";
setInterval(() => {
  const { turns, running } = memory;
  const [begun, answers] = turns === seen ? [memory.begun, memory.answers.read()] : [[], []];
  seen = turns;
  const now = `${turns} ${begun.join(" ")} ${answers.join(" ")} ${running}`;
  if (now !== told) say({ kind: "state", turns, begun, answers, running });
  told = now;
}, LOOK_EVERY_MS);

function take(message: ToWatch): void {
  switch (message.kind) {
    case "withdraw":
      say({ kind: "withdrawn", isTaken: message.calls.map((call) => memory.takeBack(call)) });
      break;
    case "frames":
      void answer(message.ask, pausedMainFrames());
      break;
    case "profile":
      void answer(message.ask, inSession(profile));
      break;
    case "heap":
      void answer(message.ask, inSession(heapBytes));
  }
}

/** What fails is not known. */
async function answer(ask: number, value: Promise<unknown>): Promise<void> {
  say({ kind: "told", ask, value: await value.catch(() => null) });
}

/** The inspector reaches the other thread in the middle of a loop; in a call that blocks it only afterwards. */
async function inSession<Value>(look: (session: Session) => Promise<Value>): Promise<Value> {
  const session = new Session();
  session.connectToMainThread();
  try {
    return await look(session);
  } finally {
    session.disconnect();
  }
}

/** Its type does not say that it answers. */
const heapBytes = async (session: Session): Promise<number> =>
  ((await session.post("Runtime.getHeapUsage")) as unknown as { readonly usedSize: number }).usedSize;

async function profile(session: Session): Promise<string> {
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  await pause(SAMPLES_MS);
  const { profile: seen } = await session.post("Profiler.stop");
  await session.post("Profiler.disable");
  return JSON.stringify(seen);
}
