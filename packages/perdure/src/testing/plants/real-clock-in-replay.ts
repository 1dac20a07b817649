import type { Plant } from "./plant.ts";

export const realClockInReplay: Plant = {
  name: "real-clock-in-replay",
  sentence: "The orchestrator's time depends on the machine's clock.",
  file: "replay/functions/context.ts",
  search: "    return new RealDate(this.#port.clock);",
  replace: "    return new RealDate(this.#port.clock + Math.round(performance.now()));",
  seed: 2,
};
