import { activity, http, orchestrator } from "perdure";

export const ship = activity("DurableFunction_Ship", async (order: string) => `The order is ${order}!`);
export const escalate = activity("DurableFunction_Escalate", async (to: string) => `The order is escalated to ${to}!`);

/** The person who packs the order raises Event_Ship; when that does not happen within 20 seconds, the order goes up. */
export const shipping = orchestrator("DurableFunction_Orchestrator", async (ctx) => {
  const expired = ctx.createTimer({ seconds: 20 });
  const shipped = ctx.waitForExternalEvent<unknown>("Event_Ship");
  const { winner } = await ctx.any([shipped, expired]);
  if (winner === shipped) {
    expired.cancel();
    return [await ctx.callActivity(ship, "shipped")];
  }
  return [await ctx.callActivity(escalate, "Head of department")];
});

export const httpStart = http("DurableFunction_HttpStart", { methods: ["GET", "POST"] }, async (request, { client, log }) => {
  const run = await client.startNew(shipping);
  log.info(`Started orchestration with ID = '${run.instanceId}'.`);
  return client.createCheckStatusResponse(request, run.instanceId);
});
