import type { MessagePort } from "node:worker_threads";
import { MessageChannel, parentPort, Worker } from "node:worker_threads";
import { createNativeExecutor } from "../../executors/native-executor.ts";
import type { Executor, Offer } from "../../model/executor.ts";
import type { FunctionSource } from "../../replay/functions/definition.ts";
import { installDeterministicGlobals } from "../../replay/globals/deterministic-globals.ts";
import { PortExecutor } from "./port-executor.ts";
import { servePort } from "./serve-port.ts";

/** What a thread says when its functions are there. */
interface ThreadReady {
  readonly offer: Offer;
  readonly wantsRecorded: boolean;
}

/** User code on a thread of its own: `entry` is a file that calls {@link runFunctionsHere}. When the thread ends, its calls are lost. */
export async function startThreadExecutor(entry: URL): Promise<Executor> {
  const { port1, port2 } = new MessageChannel();
  const thread = new Worker(entry);
  thread.postMessage(port2, [port2]);
  const ready = await new Promise<ThreadReady>((resolve, reject) => {
    port1.once("message", resolve);
    thread.once("error", reject);
  });
  const executor = new PortExecutor({ port: port1, ...ready, close: () => thread.terminate() });
  thread.once("exit", () => executor.lost("the thread has ended"));
  thread.unref();
  return executor;
}

/** In the thread: runs these functions for the executor that started it. */
export function runFunctionsHere(functions: FunctionSource): void {
  installDeterministicGlobals();
  parentPort?.once("message", (port: MessagePort) => {
    const executor = createNativeExecutor({ functions });
    servePort(executor, port);
    port.postMessage({ offer: executor.offer, wantsRecorded: executor.wantsRecorded } satisfies ThreadReady);
  });
}
