import { app, Timer } from "@azure/functions";
import * as df from "durable-functions";
import { DurableClient, OrchestrationContext, OrchestrationHandler } from "durable-functions";

interface Watch {
  readonly looks: number;
  readonly pauseMs: number;
}

/** Looks again and again, for ever: each look is a generation of its own, so the history does not grow. An event ends it. */
const monitor: OrchestrationHandler = function* (context: OrchestrationContext) {
  const { looks, pauseMs } = context.df.getInput<Watch>();
  yield context.df.callActivity("Look", looks);
  context.df.setCustomStatus({ looks: looks + 1 });
  const next = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + pauseMs));
  const stop = context.df.waitForExternalEvent("Stop");
  const first = yield context.df.Task.any([next, stop]);
  if (first === stop) {
    next.cancel();
    return looks + 1;
  }
  context.df.continueAsNew({ looks: looks + 1, pauseMs });
  return undefined;
};
df.app.orchestration("Monitor", monitor);

df.app.activity("Look", { handler: (looks: number): string => `look ${looks + 1}` });

/** Every minute, and at the start: sees to it that there is a monitor. */
df.app.client.timer("StartMonitor", {
  schedule: "0 * * * * *",
  runOnStartup: true,
  handler: async (timer: Timer, client: DurableClient, context) => {
    if (timer.isPastDue) context.log("It runs late.");
    const { runtimeStatus } = await client.getStatus("monitor").catch(() => ({ runtimeStatus: null }));
    if (runtimeStatus === df.OrchestrationRuntimeStatus.Running || runtimeStatus === df.OrchestrationRuntimeStatus.Pending) return;
    await client.startNew("Monitor", { instanceId: "monitor", input: { looks: 0, pauseMs: Number(process.env.PAUSE_MS ?? 60_000) } });
  },
});

app.warmup("Warmup", { handler: () => {} });
