import type { BusMessage } from "../bindings/client-ports.ts";

/**
 * A message as the client is to settle it. One whose link was lost with its connection is settled by its lock, which the broker still knows: the client (7.9.5) does
 * that for a message without a link, but would write to the lost one as long as its receiver lives, and wait for minutes.
 */
export function settledMessage(message: BusMessage): BusMessage {
  if (message.delivery?.link?.is_open() !== false) return message;
  return Object.create(message, { delivery: { value: { remote_settled: false } } }) as BusMessage;
}
