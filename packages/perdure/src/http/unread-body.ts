import type { IncomingMessage } from "node:http";

/** A caller that still sends after this has had its answer for as long. */
const LONGEST_WAIT_MS = 10_000;

/**
 * An answer may come before its request has been read to the end. Resolves when the rest is here, and thrown away, or the caller is gone; a connection
 * that takes longer is cut. One that is closed while bytes of the body are on their way is reset by the system, and the caller loses the answer that
 * it was just sent; one that is kept needs the rest read before the next request.
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
    // A stream that was made of it pauses it when it is not read.
    incoming.removeAllListeners("data");
    incoming.resume();
  });
}
