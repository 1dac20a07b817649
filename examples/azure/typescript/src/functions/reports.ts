import * as df from "durable-functions";
import { DurableClient, OrchestrationContext, OrchestrationHandler } from "durable-functions";

interface ReportRequest {
  readonly title: string;
  readonly seconds: number;
}

/** Work that takes longer than a caller should hold a connection. */
const report: OrchestrationHandler = function* (context: OrchestrationContext) {
  const { title, seconds } = context.df.getInput<ReportRequest>();
  context.df.setCustomStatus("rendering");
  yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + seconds * 1_000));
  const text: string = yield context.df.callActivity("Render", title);
  return text;
};
df.app.orchestration("Report_Orchestrator", report);

df.app.activity("Render", {
  handler: (title: string): string => {
    if (title === "") throw new Error("a report needs a title");
    return `# ${title}`;
  },
});

/** Answers at once: 202, and where to ask. */
df.app.client.http("StartReport", {
  route: "reports",
  methods: ["POST"],
  handler: async (request, client: DurableClient) => {
    const instanceId = await client.startNew("Report_Orchestrator", { input: await request.json() });
    return client.createCheckStatusResponse(request, instanceId);
  },
});

/** Waits as long as the caller wants to; what is not done by then continues, and the answer says where to ask. */
df.app.client.http("RunReport", {
  route: "reports/run",
  methods: ["POST"],
  handler: async (request, client: DurableClient) => {
    const instanceId = await client.startNew("Report_Orchestrator", { input: await request.json() });
    const timeoutInMilliseconds = 1_000 * Number(request.query.get("timeout") ?? 10);
    const retryIntervalInMilliseconds = Math.min(200, timeoutInMilliseconds);
    return client.waitForCompletionOrCreateCheckStatusResponse(request, instanceId, { timeoutInMilliseconds, retryIntervalInMilliseconds });
  },
});
