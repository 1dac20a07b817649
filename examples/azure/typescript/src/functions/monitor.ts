import { app, Timer } from "@azure/functions";
import * as df from "durable-functions";
import { DurableClient, OrchestrationContext, OrchestrationHandler } from "durable-functions";

interface Watch {
  /** So many were made. */
  readonly looks: number;
  /** Of the next look, ISO 8601. */
  readonly due: string;
  readonly everyMs: number;
}

/** Looks again and again until it is told to stop: each look is an execution of its own, so the history does not grow. */
const monitor: OrchestrationHandler = function* (context: OrchestrationContext) {
  const { looks, due, everyMs } = context.df.getInput<Watch>();
  const time = context.df.createTimer(new Date(due));
  const stop = context.df.waitForExternalEvent("Stop");
  const first = yield context.df.Task.any([stop, time]);
  if (first === stop) {
    time.cancel();
    return `stopped after ${looks} looks`;
  }
  const at = context.df.currentUtcDateTime;
  const seen: string = yield context.df.callActivity("Look", looks + 1);
  context.df.setCustomStatus({ looks: looks + 1, due, at, seen });
  if (stop.isCompleted) return `stopped after ${looks + 1} looks`; // meanwhile: the next execution would not see it
  // From the time that was due, not from now: a look that took long moves none after it.
  context.df.continueAsNew({ looks: looks + 1, due: new Date(Date.parse(due) + everyMs).toISOString(), everyMs });
  return undefined;
};
df.app.orchestration("Monitor", monitor);

df.app.activity("Look", { handler: (look: number): string => `look ${look}` });

/** Every minute, and at the start: sees to it that there is a monitor. One that was stopped stays so. */
df.app.client.timer("StartMonitor", {
  schedule: "0 * * * * *",
  runOnStartup: true,
  handler: async (timer: Timer, client: DurableClient, context) => {
    if (timer.isPastDue) context.log("It runs late.");
    const known = await client.getStatus("monitor").catch(() => null);
    if (known !== null) return;
    const everyMs = Number(process.env.LOOK_EVERY_MS ?? 60_000);
    await client.startNew("Monitor", {
      instanceId: "monitor",
      input: { looks: 0, due: new Date(Date.now() + everyMs).toISOString(), everyMs },
    });
  },
});

app.warmup("Warmup", { handler: () => {} });
