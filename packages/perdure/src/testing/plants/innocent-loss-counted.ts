import type { Plant } from "./plant.ts";

export const innocentLossCounted: Plant = {
  name: "innocent-loss-counted",
  sentence: "Places that are lost without anybody's fault count against those who ran there: bystanders are stopped.",
  file: "engine/claims/suspicion.ts",
  search: "  if (guilty === false) return crashes;\n",
  replace: "  if (guilty === false) return crashes + 6;\n",
  seed: 19,
};
