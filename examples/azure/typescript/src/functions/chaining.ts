import * as df from "durable-functions";
import { DurableClient, OrchestrationContext, OrchestrationHandler } from "durable-functions";

interface Order {
  readonly amount: number;
  /** F3 refuses the payment. */
  readonly refuse?: boolean;
  /** The compensation of F2 fails as well. */
  readonly stuck?: boolean;
}

class PaymentRefusedError extends Error {
  override readonly name = "PaymentRefusedError";
}

/** F1 → F2 → F3 → F4. What F2 did is undone when a later activity fails, and the failure continues as it was. */
const chaining: OrchestrationHandler = function* (context: OrchestrationContext) {
  const order = context.df.getInput<Order>();
  const x: number = yield context.df.callActivity("F1", order.amount);
  const y: number = yield context.df.callActivity("F2", x);
  try {
    const z: number = yield context.df.callActivity("F3", { y, refuse: order.refuse === true });
    const done: string = yield context.df.callActivity("F4", z);
    return done;
  } catch (error) {
    try {
      yield context.df.callActivity("F2_Undo", { x, stuck: order.stuck === true });
    } catch (undoError) {
      const [why, whyNot] = [error, undoError].map((one) => (one instanceof Error ? one.message : String(one)));
      throw new AggregateError([error, undoError], `${why}; and F2 could not be undone: ${whyNot}`);
    }
    throw error;
  }
};
df.app.orchestration("Chaining", chaining);

df.app.activity("F1", { handler: (amount: number): number => amount + 1 });
df.app.activity("F2", { handler: (x: number): number => x * 10 });
df.app.activity("F3", {
  handler: ({ y, refuse }: { y: number; refuse: boolean }): number => {
    if (refuse) throw new PaymentRefusedError(`no payment of ${y}`, { cause: new Error("the card has expired") });
    return y - 3;
  },
});
df.app.activity("F4", { handler: (z: number): string => `done: ${z}` });

df.app.activity("F2_Undo", {
  handler: ({ x, stuck }: { x: number; stuck: boolean }): number => {
    if (stuck) throw new Error(`the reservation of ${x} cannot be released`);
    return x;
  },
});

df.app.client.http("StartChaining", {
  route: "chaining",
  methods: ["POST"],
  handler: async (request, client: DurableClient) => {
    const instanceId = await client.startNew("Chaining", { input: await request.json() });
    return client.createCheckStatusResponse(request, instanceId);
  },
});
