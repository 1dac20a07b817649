const { app } = require("@azure/functions");
const df = require("durable-functions");

df.app.orchestration("DurableFunction_Orchestrator", function* (context) {
  const outputs = [];
  const shipped = context.df.waitForExternalEvent("Event_Ship");
  const deadline = new Date(context.df.currentUtcDateTime.getTime() + 20_000);
  const timer = context.df.createTimer(deadline);
  const winner = yield context.df.Task.any([shipped, timer]);
  if (winner === shipped) {
    timer.cancel();
    outputs.push(yield context.df.callActivity("DurableFunction_Ship", "shipped"));
  } else {
    outputs.push(yield context.df.callActivity("DurableFunction_Escalate", "Head of department"));
  }
  return outputs;
});

df.app.activity("DurableFunction_Ship", {
  handler: (state) => `The order is ${state}!`,
});

df.app.activity("DurableFunction_Escalate", {
  handler: (to) => `The order is escalated to ${to}!`,
});

app.http("DurableFunction_HttpStart", {
  methods: ["GET", "POST"],
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const instanceId = await client.startNew("DurableFunction_Orchestrator");
    context.log(`Started orchestration with ID = '${instanceId}'.`);
    return client.createCheckStatusResponse(request, instanceId);
  },
});
