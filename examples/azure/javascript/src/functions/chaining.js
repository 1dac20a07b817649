const df = require("durable-functions");

df.app.orchestration("Chaining", function* (context) {
  const order = context.df.getInput();
  const x = yield context.df.callActivity("F1", order);
  try {
    const y = yield context.df.callActivity("F2", x);
    const z = yield context.df.callActivity("F3", y);
    return yield context.df.callActivity("F4", z);
  } catch (error) {
    const undone = yield context.df.callActivity("Undo", x);
    return { undone, because: error.message };
  }
});

df.app.activity("F1", { handler: (order) => ({ ...order, steps: ["F1"] }) });
df.app.activity("F2", { handler: (order) => ({ ...order, steps: [...order.steps, "F2"] }) });
df.app.activity("F3", {
  handler: (order) => {
    if (order.failAt === "F3") throw new RangeError("no stock left");
    return { ...order, steps: [...order.steps, "F3"] };
  },
});
df.app.activity("F4", { handler: (order) => [...order.steps, "F4"].join(" -> ") });
df.app.activity("Undo", { handler: (order) => order.steps });

df.app.client.http("StartChaining", {
  route: "chaining",
  methods: ["POST"],
  handler: async (request, client) => {
    const instanceId = await client.startNew("Chaining", { input: await request.json() });
    return client.createCheckStatusResponse(request, instanceId);
  },
});
