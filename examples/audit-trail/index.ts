import { activity, http, orchestrator } from "perdure";

export interface Claim {
  readonly customer: string;
  readonly cents: number;
}

export const checkPolicy = activity("CheckPolicy", ({ customer }: Claim) => ({ customer, covered: true }));
export const payOut = activity("PayOut", ({ customer, cents }: Claim) => `${cents} cents to ${customer}`);

/** Every step of it is an event in its history, with time, input and result: what an auditor asks for is kept by running it. */
export const settleClaim = orchestrator("SettleClaim", async (ctx, claim: Claim) => {
  const policy = await ctx.callActivity(checkPolicy, claim);
  const decision = await ctx.waitForExternalEvent<{ readonly by: string; readonly approved: boolean }>("Decision", { timeout: "30d" });
  if (!policy.covered || !decision.approved) return `refused by ${decision.by}`;
  return await ctx.callActivity(payOut, claim);
});

/** A yearly review: each year is an execution of its own, with a history of its own. */
export const review = orchestrator("Review", async (ctx, year: number) => {
  const finding = await ctx.waitForExternalEvent<string>("Finding");
  if (finding === "closed") return year;
  return ctx.continueAsNew(year + 1);
});

export const startClaim = http("StartClaim", { methods: ["POST"], route: "claims/{number}" }, async (request, { client, params }) => {
  const input = (await request.json()) as Claim;
  const run = await client.startNew(settleClaim, { input, instanceId: `claim-${params.number}`, onExisting: "attach" });
  return client.createCheckStatusResponse(request, run.instanceId);
});
