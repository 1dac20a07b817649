import type { Plant } from "./plant.ts";

export const bystandersCounted: Plant = {
  name: "bystanders-counted",
  sentence: "Crash suspects are never alone: the neighbours of the crashing one are stopped with it.",
  file: "engine/crashes/suspicion.ts",
  search: "[64, 1]",
  replace: "[64, 64]",
  run: "recovery",
  seed: 2,
};
