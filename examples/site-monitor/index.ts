import { activity, externalEvent, http, httpCalls, orchestrator, timer } from "perdure";

const EVERY_MS = 10 * 60_000;
const FAILURES_BEFORE_ALERT = 3;

export interface Watch {
  readonly site: string;
  /** Of the next look, ISO 8601. */
  readonly due: string;
  /** In a row. */
  readonly failures: number;
}

export const alert = activity("Alert", ({ site, failures }: { site: string; failures: number }, { log }) => {
  log.warn(`${site} has not answered ${failures} times`);
});

export const stop = externalEvent("Stop");

/** Looks every ten minutes until it is told to stop. Each look is an execution of its own: however long it runs, its history stays short. */
export const monitor = orchestrator("Monitor", async (ctx, { site, due, failures }: Watch) => {
  const stopped = ctx.waitForExternalEvent(stop);
  const time = ctx.createTimer(new Date(due));
  const { winner } = await ctx.any([stopped, time]);
  if (winner === stopped) {
    time.cancel();
    return over(site);
  }
  const isUp = await ctx.callHttp({ url: site, timeout: "30s" }).then(
    ({ status }) => status < 500,
    () => false,
  );
  const failed = isUp ? 0 : failures + 1;
  if (failed === FAILURES_BEFORE_ALERT) await ctx.callActivity(alert, { site, failures: failed });
  ctx.setCustomStatus({ isUp, failures: failed, at: due });
  // The request came during the look. This execution has taken it, so the next one would not see it.
  if (stopped.isCompleted) return over(site);
  return ctx.continueAsNew({ site, due: nextLook(due, ctx.currentUtcDateTime), failures: failed });
});

const over = (site: string) => `no longer watched: ${site}`;

/** From the time that was due, not from now: a look that took long moves none after it. Looks that nothing was there to make are left out. */
function nextLook(due: string, now: Date): string {
  const last = Date.parse(due);
  const missed = Math.max(0, Math.floor((now.getTime() - last) / EVERY_MS));
  return new Date(last + (missed + 1) * EVERY_MS).toISOString();
}

export const sites = (process.env.SITES ?? "https://example.com/").split(",");

/** Each morning every new site gets a monitor. One that was stopped stays so. */
export const watchSites = timer("WatchSites", "0 6 * * *", { timeZone: "Europe/Berlin" }, async ({ client, scheduledFor, log }) => {
  for (const site of sites) {
    const input = { site, due: scheduledFor.toISOString(), failures: 0 };
    await client.startNew(monitor, { input, instanceId: `monitor-${new URL(site).hostname}`, onExisting: "attach" });
  }
  log.info("all sites are watched", { sites: sites.length });
});

export const stopWatching = http("StopWatching", { methods: ["POST"], route: "monitors/{site}/stop" }, async (_, { client, params }) => {
  await client.raiseEvent(`monitor-${params.site}`, stop);
  return new Response(null, { status: 202 });
});

export const outgoing = httpCalls({ privateNetworks: process.env.WATCH_PRIVATE === "true" });
