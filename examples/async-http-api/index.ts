import { activity, http, orchestrator } from "perdure";

export interface ReportRequest {
  readonly title: string;
  readonly seconds: number;
}

export const render = activity("Render", (title: string) => `# ${title}`);

/** Work that takes longer than a caller should hold a connection. */
export const report = orchestrator("Report", async (ctx, { title, seconds }: ReportRequest) => {
  ctx.setCustomStatus("rendering");
  await ctx.createTimer({ seconds });
  return await ctx.callActivity(render, title);
});

/** Answers at once: 202, and where to ask. */
export const startReport = http("StartReport", { route: "reports", methods: ["POST"] }, async (request, { client }) => {
  const input = (await request.json()) as ReportRequest;
  const run = await client.startNew(report, { input });
  return client.createCheckStatusResponse(request, run.instanceId);
});

/** Waits as long as the caller wants to; what is not done by then continues, and the answer says where to ask. */
export const runReport = http("RunReport", { route: "reports/run", methods: ["POST"] }, async (request, { client }) => {
  const input = (await request.json()) as ReportRequest;
  const timeoutSeconds = Number(new URL(request.url).searchParams.get("timeout") ?? "10");
  const run = await client.startNew(report, { input });
  return client.waitForCompletionOrCreateCheckStatusResponse(request, run.instanceId, {
    timeout: { seconds: timeoutSeconds },
    retryInterval: { seconds: Math.min(1, timeoutSeconds) },
  });
});
