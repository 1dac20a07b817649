import type { Plant } from "./plant.ts";

export const openCallNotBegun: Plant = {
  name: "open-call-not-begun",
  sentence: "The activities that a rewound instance waits for are not begun again.",
  file: "engine/episodes/episode-rows.ts",
  search: "scheduledBy(commit, open)",
  replace: "scheduledBy(commit, NO_CALLS)",
  seed: 4,
};
