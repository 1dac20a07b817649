import { http, orchestrator } from "perdure";

export interface Nap {
  readonly name: string;
  readonly hours: number;
}

/** Waits for its timer or for an event that wakes it. Until then it is one row in the store and nothing in memory. */
export const sleeper = orchestrator("Sleeper", async (ctx, { name, hours }: Nap) => {
  const alarm = ctx.createTimer({ hours });
  const woken = ctx.waitForExternalEvent<string>("Wake");
  const { index, winner } = await ctx.any([woken, alarm]);
  if (index === 1) return `${name} slept ${hours} h`;
  alarm.cancel();
  return `${name} was woken by ${winner.result}`;
});

export const startSleepers = http(
  "StartSleepers",
  { route: "sleepers/{count}", methods: ["POST"] },
  async (request, { client, params }) => {
    const { hours } = (await request.json()) as { readonly hours: number };
    const count = Number(params.count);
    const starts = Array.from({ length: count }, (_, index) =>
      client.startNew(sleeper, { instanceId: `sleeper-${index}`, input: { name: `sleeper ${index}`, hours }, onExisting: "attach" }),
    );
    await Promise.all(starts);
    return Response.json({ started: count });
  },
);
