import type { Plant } from "./plant.ts";

export const innocentsCounted: Plant = {
  name: "innocents-counted",
  sentence: "Suspects are never alone: the neighbours of the guilty one are convicted with it.",
  file: "engine/claims/suspicion.ts",
  search: "[64, 1]",
  replace: "[64, 64]",
  run: "recovery",
  seed: 2,
};
