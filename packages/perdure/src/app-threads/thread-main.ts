import { parentPort, workerData } from "node:worker_threads";
import { CallMemory } from "./call-memory.ts";
import type { Frame } from "./frames.ts";
import type { ThreadData } from "./messages.ts";
import { ThreadServer } from "./thread-server.ts";

const port = parentPort;
if (port !== null) {
  const { setup, words } = workerData as ThreadData;
  const server = new ThreadServer({ setup, calls: new CallMemory(words), post: (frame) => port.postMessage(frame) });
  port.on("message", (frame: Frame) => server.receive(frame));
  await server.start();
}
