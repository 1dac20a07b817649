import { fillAndRelease, letContinue, measuredOfContinued } from "../lib/released.ts";
import type { ProcessScenario } from "../lib/scenario.ts";
import { AGAINST_OURSELVES } from "../lib/scenario.ts";

const SLEEPERS = 10_000;

/** Its target compares us with ourselves: docs/performance.md. */
export const waking: ProcessScenario = {
  ...AGAINST_OURSELVES,
  name: "waking",
  summary:
    "10,000 released instances with the history of five activities and an event: their timers come due at one moment, until all have ended",
  stores: ["sqlite", "postgres"],
  levels: [SLEEPERS],
  levelMeans: "instances that come due",
  defaultRuns: 3,
  durationMeans: null,
  rate: "orchestrationsPerSecond",
  measure: async ({ freshStore, inFlight: count, say }) => {
    const storeUrl = await freshStore();
    const { dueAt } = await fillAndRelease({ role: "fill", storeUrl, count, until: "timer" });
    const continued = await letContinue({ role: "wake", storeUrl, count, dueAt });
    say(`${continued.seconds.toFixed(2)} s, ${continued.cpuSeconds.toFixed(2)} s of CPU`);
    return measuredOfContinued(continued, { orchestrationsPerSecond: count / continued.seconds });
  },
  targets: () => [],
};
