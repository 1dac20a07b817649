const df = require("durable-functions");

class PaymentRefusedError extends Error {
  name = "PaymentRefusedError";
}

/** F1 → F2 → F3 → F4. What F2 did is undone when a later activity fails, and the failure continues as it was. */
df.app.orchestration("Chaining", function* (context) {
  const order = context.df.getInput();
  const x = yield context.df.callActivity("F1", order.amount);
  const y = yield context.df.callActivity("F2", x);
  try {
    const z = yield context.df.callActivity("F3", { y, refuse: order.refuse === true });
    return yield context.df.callActivity("F4", z);
  } catch (error) {
    try {
      yield context.df.callActivity("F2_Undo", { x, stuck: order.stuck === true });
    } catch (undoError) {
      throw new AggregateError([error, undoError], `${error.message}; and F2 could not be undone: ${undoError.message}`);
    }
    throw error;
  }
});

df.app.activity("F1", { handler: (amount) => amount + 1 });
df.app.activity("F2", { handler: (x) => x * 10 });
df.app.activity("F3", {
  handler: ({ y, refuse }) => {
    if (refuse) throw new PaymentRefusedError(`no payment of ${y}`, { cause: new Error("the card has expired") });
    return y - 3;
  },
});
df.app.activity("F4", { handler: (z) => `done: ${z}` });

df.app.activity("F2_Undo", {
  handler: ({ x, stuck }) => {
    if (stuck) throw new Error(`the reservation of ${x} cannot be released`);
    return x;
  },
});

df.app.client.http("StartChaining", {
  route: "chaining",
  methods: ["POST"],
  handler: async (request, client) => {
    const instanceId = await client.startNew("Chaining", { input: await request.json() });
    return client.createCheckStatusResponse(request, instanceId);
  },
});
