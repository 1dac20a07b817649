import type { Plant } from "./plant.ts";

export const callInLineForgotten: Plant = {
  name: "call-in-line-forgotten",
  sentence: "A call that is in line in its worker when its orchestration ends never runs.",
  file: "engine/episodes/episode-rows.ts",
  search: "(isOver || isFreshlyEdited(state))",
  replace: "isFreshlyEdited(state)",
  seed: 11,
};
