import { Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { setImmediateNow } from "../process/real-globals.ts";
import { keepObjectsYoung } from "../process/young-objects.ts";
import { CallMemory } from "./call-memory.ts";
import { uncaughtReason } from "./endings.ts";
import type { LastWords, ProcessData } from "./process-wire.ts";
import { lineFrame, PacketReader, PIPES, packet, writeNow } from "./process-wire.ts";
import { ThreadServer } from "./thread-server.ts";
import { errorToWire } from "./wire-error.ts";

keepObjectsYoung();
const calls = new CallMemory();
let uncaught: LastWords["uncaught"] = null;

/** The host alone decides when this process ends: a Ctrl-C in the terminal reaches both, and the host drains then. */
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});

function start({ setup, watch }: ProcessData): ThreadServer {
  // Not the options of this process: what they load is meant for the app, and may refuse threads.
  new Worker(new URL(watch), { workerData: calls.words, execArgv: [], env: {}, name: "perdure-app-watch" }).unref();
  const server = new ThreadServer({ setup, calls, post: (frame) => writeNow(PIPES.fromApp, packet(frame)) });
  void server.start();
  process.on("uncaughtExceptionMonitor", (thrown) => {
    uncaught = { reason: uncaughtReason(thrown), error: errorToWire(thrown) };
    setImmediateNow(() => {
      uncaught = null; // the app has caught it after all
    });
  });
  process.on("exit", () => sayLast(false));
  const { abort } = process;
  process.abort = () => {
    server.ending();
    sayLast(true);
    return abort();
  };
  return server;
}

function sayLast(wasAborted: boolean): void {
  const { accused, begun } = calls;
  writeNow(PIPES.fromApp, packet(lineFrame({ accused, begun, wasAborted, uncaught })));
}

let server: ThreadServer | null = null;
const reader = new PacketReader((frame) => {
  if (server === null) server = start(frame[1] as ProcessData);
  else server.receive(frame);
});
new Socket({ fd: PIPES.toApp }).on("data", (piece: Buffer) => reader.add(piece));
