import { app, InvocationContext, input } from "@azure/functions";
import * as df from "durable-functions";
import { DurableClient } from "durable-functions";
import { Order } from "./handleOrder";

/** Its id is that of the order: a message that comes twice, as any may, starts nothing twice. */
async function start(order: Order, client: DurableClient, context: InvocationContext): Promise<void> {
  const instanceId = `order-${order.id}`;
  const known = await client.getStatus(instanceId, { showInput: false }).catch(() => null);
  if (known !== null) {
    context.log(`The order ${order.id} is known already.`);
    return;
  }
  await client.startNew("HandleOrder", { instanceId, input: order });
}

df.app.client.serviceBusQueue("TakeOrder", {
  queueName: "orders",
  connection: "OrdersBus",
  handler: (message, client, context) => start(message as Order, client, context),
});

/** A message of a storage queue has 64 KB at most: a larger order is in a blob which the message names. */
const storedOrder = input.storageBlob({ path: "orders/{order}.json", connection: "AzureWebJobsStorage" });

app.storageQueue("TakeStoredOrder", {
  queueName: "stored-orders",
  connection: "AzureWebJobsStorage",
  extraInputs: [df.input.durableClient(), storedOrder],
  handler: (_message, context) => {
    const order = JSON.parse(String(context.extraInputs.get(storedOrder))) as Order;
    return start(order, df.getClient(context), context);
  },
});
