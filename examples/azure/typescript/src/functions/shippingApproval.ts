import { app, HttpHandler, HttpRequest, HttpResponse, InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { ActivityHandler, OrchestrationContext, OrchestrationHandler } from "durable-functions";

const shipping: OrchestrationHandler = function* (context: OrchestrationContext) {
  const outputs: string[] = [];
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
};
df.app.orchestration("DurableFunction_Orchestrator", shipping);

const ship: ActivityHandler = (state: string): string => `The order is ${state}!`;
df.app.activity("DurableFunction_Ship", { handler: ship });

const escalate: ActivityHandler = (to: string): string => `The order is escalated to ${to}!`;
df.app.activity("DurableFunction_Escalate", { handler: escalate });

const httpStart: HttpHandler = async (request: HttpRequest, context: InvocationContext): Promise<HttpResponse> => {
  const client = df.getClient(context);
  const instanceId = await client.startNew("DurableFunction_Orchestrator");
  context.log(`Started orchestration with ID = '${instanceId}'.`);
  return client.createCheckStatusResponse(request, instanceId);
};
app.http("DurableFunction_HttpStart", {
  methods: ["GET", "POST"],
  extraInputs: [df.input.durableClient()],
  handler: httpStart,
});
