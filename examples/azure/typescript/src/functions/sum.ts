import { app, HttpRequest, HttpResponse, HttpResponseInit, InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { OrchestrationContext, OrchestrationHandler } from "durable-functions";

interface Item {
  readonly value: number;
}

const sumOrchestrator: OrchestrationHandler = function* (context: OrchestrationContext) {
  const count = context.df.getInput<number>();
  const items: Item[] = yield context.df.callActivity("ListItems", count);
  if (items.length === 0) return 0; // Task.all wants one task at least
  const doubled: number[] = yield context.df.Task.all(items.map((item) => context.df.callActivity("Double", item)));
  return doubled.reduce((sum, each) => sum + each, 0);
};
df.app.orchestration("SumOrchestrator", sumOrchestrator);

df.app.activity("ListItems", {
  handler: (count: number): Item[] => Array.from({ length: count }, (_, value) => ({ value })),
});
df.app.activity("Double", { handler: (item: Item): number => 2 * item.value });

/** Starts, and answers with the result when it is there in time, else with the URLs to ask at. */
async function sum(request: HttpRequest, context: InvocationContext): Promise<HttpResponse | HttpResponseInit> {
  const client = df.getClient(context);
  const instanceId = await client.startNew("SumOrchestrator", { input: Number(request.params.count) });
  const timeoutInMilliseconds = Number(request.query.get("timeout") ?? 10_000);
  const retryIntervalInMilliseconds = Math.min(100, timeoutInMilliseconds);
  return client.waitForCompletionOrCreateCheckStatusResponse(request, instanceId, { timeoutInMilliseconds, retryIntervalInMilliseconds });
}

app.http("Sum", {
  route: "sum/{count:int}",
  methods: ["GET"],
  authLevel: "function",
  extraInputs: [df.input.durableClient()],
  handler: sum,
});
