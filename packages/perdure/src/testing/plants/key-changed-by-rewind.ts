import type { Plant } from "./plant.ts";

export const keyChangedByRewind: Plant = {
  name: "key-changed-by-rewind",
  sentence: "A call that a rewind runs again gets another idempotency key.",
  file: "core/edited.ts",
  search: "edit?.earlierSeeds.find(({ upTo }) => callId <= upTo)?.seed ?? seed",
  replace: "seed",
  seed: 4,
};
