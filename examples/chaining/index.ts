import { activity, http, orchestrator } from "perdure";

export interface Order {
  readonly amount: number;
  /** F3 refuses the payment. */
  readonly refuse?: boolean;
  /** The compensation of F2 fails as well. */
  readonly stuck?: boolean;
}

export class PaymentRefusedError extends Error {
  override readonly name = "PaymentRefusedError";
}

export const f1 = activity("F1", (order: Order) => order.amount + 1);
export const f2 = activity("F2", (x: number) => x * 10);
export const f3 = activity("F3", ({ y, refuse }: { readonly y: number; readonly refuse: boolean }) => {
  if (refuse) throw new PaymentRefusedError(`no payment of ${y}`, { cause: new Error("the card has expired") });
  return y - 3;
});
export const f4 = activity("F4", (z: number) => `done: ${z}`);

export const undoF2 = activity("F2_Undo", ({ x, stuck }: { readonly x: number; readonly stuck: boolean }) => {
  if (stuck) throw new Error(`the reservation of ${x} cannot be released`);
  return x;
});

/** F1 → F2 → F3 → F4. What F2 did is undone when a later activity fails, and the failure continues as it was. */
export const chain = orchestrator("Chain", async (ctx, order: Order) => {
  const x = await ctx.callActivity(f1, order);
  const y = await ctx.callActivity(f2, x);
  try {
    const z = await ctx.callActivity(f3, { y, refuse: order.refuse ?? false });
    return await ctx.callActivity(f4, z);
  } catch (error) {
    try {
      await ctx.callActivity(undoF2, { x, stuck: order.stuck ?? false });
    } catch (undoError) {
      throw new AggregateError([error, undoError], "The order failed, and F2 could not be undone");
    }
    throw error;
  }
});

export const startChain = http("StartChain", { methods: ["POST"] }, async (request, { client }) => {
  const order = (await request.json()) as Order;
  const run = await client.startNew(chain, { input: order });
  return client.createCheckStatusResponse(request, run.instanceId);
});
