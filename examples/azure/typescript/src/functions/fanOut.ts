import { setTimeout as sleep } from "node:timers/promises";
import { app, HttpRequest, HttpResponse, InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { OrchestrationContext, OrchestrationHandler } from "durable-functions";

interface Wanted {
  readonly count: number;
  /** For each item: it stands for work that waits for something. */
  readonly pauseMs: number;
}

interface Item {
  readonly value: number;
  readonly pauseMs: number;
}

/** One activity says what there is to do, one does each in parallel, and one gets the sum. */
const sumOfSquares: OrchestrationHandler = function* (context: OrchestrationContext) {
  const { count, pauseMs } = context.df.getInput<Wanted>();
  const values: number[] = yield context.df.callActivity("ListItems", count);
  const tasks = values.map((value) => context.df.callActivity("Square", { value, pauseMs }));
  const squares: number[] = tasks.length === 0 ? [] : yield context.df.Task.all(tasks); // it wants one task at least
  const sum = squares.reduce((total, square) => total + square, 0);
  const said: string = yield context.df.callActivity("Report", sum);
  return said;
};
df.app.orchestration("SumOfSquares", sumOfSquares);

df.app.activity("ListItems", { handler: (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1) });
df.app.activity("Square", {
  handler: async ({ value, pauseMs }: Item): Promise<number> => {
    if (pauseMs > 0) await sleep(pauseMs);
    return value * value;
  },
});
df.app.activity("Report", { handler: (sum: number): string => `The sum is ${sum}` });

async function startSum(request: HttpRequest, context: InvocationContext): Promise<HttpResponse> {
  const client = df.getClient(context);
  const input: Wanted = { count: Number(request.params.count), pauseMs: Number(request.query.get("pause") ?? 0) };
  const instanceId = await client.startNew("SumOfSquares", { input });
  return client.createCheckStatusResponse(request, instanceId);
}

app.http("StartSumOfSquares", {
  route: "sum-of-squares/{count:int}",
  methods: ["POST"],
  authLevel: "function",
  extraInputs: [df.input.durableClient()],
  handler: startSum,
});
