import type { IncomingMessage } from "node:http";

/** An answer may come before its request has been read to the end. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Resolves when the rest of the request is here, and thrown away, or the caller is gone. A connection that is closed, or used for the next request,
 * while bytes of the body are on their way is reset by the system, and the caller loses the answer that it was just sent.
 */
export function endOfBody(incoming: IncomingMessage): Promise<void> {
  if (incoming.complete || incoming.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      incoming.destroy();
      done();
    }, LONGEST_WAIT_MS);
    incoming.once("end", done);
    incoming.once("close", done);
    incoming.once("error", done);
    incoming.resume();
  });
}
