import type { Plant } from "./plant.ts";

export const isolationSkipped: Plant = {
  name: "isolation-skipped",
  sentence: "No death isolates anything: everything is running at every death.",
  file: "store/wake.ts",
  search: "Math.max(0, crashes - 1)",
  replace: "0 * crashes",
  run: "recovery",
  seed: 2,
};
