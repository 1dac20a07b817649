import { MessageChannel } from "node:worker_threads";
import type { Executor } from "../../model/executor.ts";
import { PortExecutor } from "./port-executor.ts";
import { servePort } from "./serve-port.ts";

/**
 * Puts a MessageChannel before an executor: every value crosses as a structured clone, every call is a message. It stands for executors in
 * other threads and processes, and proves in tests that the port holds nothing that only works within one.
 */
export function createMessageChannelExecutor(inner: Executor): Executor {
  const { port1, port2 } = new MessageChannel();
  servePort(inner, port2);
  port2.unref();
  const { wantsRecorded } = inner;
  return new PortExecutor({ port: port1, offer: structuredClone(inner.offer), wantsRecorded, close: () => inner.close() });
}
