import type { Plant } from "./plant.ts";

export const notReadyPlaceUsed: Plant = {
  name: "not-ready-place-used",
  sentence: "An episode is sent to an executor that has said that it has no place.",
  file: "engine/executor/ask-executor.ts",
  search: "if (!offer.ready) return",
  replace: "if (offer.names.length < 0) return",
  seed: 13,
};
