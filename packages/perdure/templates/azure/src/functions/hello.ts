import { app, HttpHandler, HttpRequest, HttpResponse, InvocationContext, Timer } from "@azure/functions";
import * as df from "durable-functions";
import { ActivityHandler, OrchestrationContext, OrchestrationHandler } from "durable-functions";

export const helloCities: OrchestrationHandler = function* (context: OrchestrationContext) {
  const outputs: string[] = [];
  for (const city of ["Tokyo", "Seattle", "Cairo"]) outputs.push(yield context.df.callActivity("SayHello", city));
  return outputs;
};
df.app.orchestration("HelloCities", helloCities);

export const sayHello: ActivityHandler = (city: string): string => `Hello, ${city}!`;
df.app.activity("SayHello", { handler: sayHello });

const start: HttpHandler = async (request: HttpRequest, context: InvocationContext): Promise<HttpResponse> => {
  const client = df.getClient(context);
  const instanceId = await client.startNew(request.params.orchestratorName);
  context.log(`Started orchestration with ID = '${instanceId}'.`);
  return client.createCheckStatusResponse(request, instanceId);
};
app.http("StartOrchestration", {
  route: "orchestrators/{orchestratorName}",
  extraInputs: [df.input.durableClient()],
  handler: start,
});

/** One to look at in the console, at each start. Take this out when you know your way. */
app.timer("FirstRun", {
  schedule: "0 0 0 1 1 *",
  runOnStartup: true,
  extraInputs: [df.input.durableClient()],
  handler: async (_timer: Timer, context: InvocationContext): Promise<void> => {
    await df.getClient(context).startNew("HelloCities", { instanceId: "first" });
  },
});
