import { activity, http, orchestrator } from "perdure";

export const f1 = activity("F1", (count: number) => Array.from({ length: count }, (_, index) => index + 1));
export const f2 = activity("F2", (item: number) => item * item);
export const f3 = activity("F3", (sum: number) => `The sum is ${sum}`);

/** F1 says what there is to do, F2 does each in parallel, F3 gets the sum. */
export const sumOfSquares = orchestrator("SumOfSquares", async (ctx, count: number) => {
  const items = await ctx.callActivity(f1, count);
  const squares = await Promise.all(items.map((item) => ctx.callActivity(f2, item)));
  const sum = squares.reduce((total, square) => total + square, 0);
  return await ctx.callActivity(f3, sum);
});

export const startSum = http(
  "StartSumOfSquares",
  { route: "sum-of-squares/{count}", methods: ["POST"] },
  async (request, { client, params }) => {
    const run = await client.startNew(sumOfSquares, { input: Number(params.count) });
    return client.createCheckStatusResponse(request, run.instanceId);
  },
);
