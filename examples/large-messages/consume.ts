import type { DurableClient } from "perdure";
import type { Order, Queue } from "./index.ts";
import { handleOrder } from "./index.ts";

/**
 * The program between the queue and the task hub: a message is completed when its orchestration is durable and not before. The id of the message is that of the
 * instance, so that a message which comes twice starts nothing twice.
 */
export async function consume(queue: Queue, client: DurableClient): Promise<number> {
  let started = 0;
  for (;;) {
    const message = await queue.receive();
    if (message === null) return started;
    const input = JSON.parse(message.body) as Order;
    await client.startNew(handleOrder, { instanceId: `order-${message.id}`, input, onExisting: "attach" });
    await queue.complete(message);
    started += 1;
  }
}
