import type { Plant } from "./plant.ts";

export const countRestarted: Plant = {
  name: "count-restarted",
  sentence: "Counting begins again after a resume: the host dies as often again.",
  file: "engine/crashes/suspicion.ts",
  search: "MAX_CRASHES - 1",
  replace: "0",
  run: "recovery",
  seed: 1,
};
