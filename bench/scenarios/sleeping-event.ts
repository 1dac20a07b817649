import { fillAndRelease, letContinue, measuredOfContinued } from "../lib/released.ts";
import type { ProcessScenario } from "../lib/scenario.ts";
import { AGAINST_OURSELVES } from "../lib/scenario.ts";

/** So many at 256 in flight; with few in flight, fewer. */
const MOST_INSTANCES = 5_000;
const INSTANCES_PER_LANE = 200;

/** Its target compares us with ourselves: docs/performance.md. */
export const sleepingEvent: ProcessScenario = {
  ...AGAINST_OURSELVES,
  name: "sleeping-event",
  summary: "events to released instances with the history of five activities, each to the result in the raiser's hands",
  stores: ["sqlite", "postgres"],
  levels: [256, 1],
  levelMeans: "events on their way at once",
  defaultRuns: 3,
  durationMeans: null,
  rate: "eventsPerSecond",
  measure: async ({ freshStore, inFlight, say }) => {
    const storeUrl = await freshStore();
    const count = Math.min(MOST_INSTANCES, INSTANCES_PER_LANE * inFlight);
    await fillAndRelease({ role: "fill", storeUrl, count, until: "event" });
    const continued = await letContinue({ role: "raise", storeUrl, count, inFlight });
    say(`${continued.seconds.toFixed(2)} s, ${continued.cpuSeconds.toFixed(2)} s of CPU`);
    return measuredOfContinued(continued, { eventsPerSecond: count / continued.seconds });
  },
  targets: () => [],
};
