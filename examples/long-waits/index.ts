import { activity, http, orchestrator } from "perdure";

export interface Trial {
  readonly customer: string;
  readonly days: number;
}

export const remind = activity("Remind", ({ customer, days }: Trial) => `${customer}: your ${days} days are over`);

/** One durable timer of any length. It fires once, never early, and at once after a start when the process was down at its time. */
export const trial = orchestrator("Trial", async (ctx, input: Trial) => {
  await ctx.createTimer({ days: input.days });
  return await ctx.callActivity(remind, input);
});

export const startTrial = http("StartTrial", { methods: ["POST"] }, async (request, { client }) => {
  const input = (await request.json()) as Trial;
  const run = await client.startNew(trial, { input });
  return client.createCheckStatusResponse(request, run.instanceId);
});
